import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { each, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { maxItems, objectsIn, uniqueAs, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Label, portName } from "../../vocabulary/names.ts";
import { portNumber } from "../../vocabulary/numbers.ts";
import { descendingPath, noBacksteps } from "../../vocabulary/paths.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, forbidden, isUnset, present, required } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, format, oneOf, textOf, trimSpace } from "../../vocabulary/text.ts";
import { isTriggered } from "./image-triggers.ts";
import { ofPods } from "./pods.ts";
import { livenessOrStartupProbe, readinessProbe } from "./probe.ts";
import { containerResources } from "./resources.ts";

const unpadded = format(
  "an image without white space around it",
  "Remove the white space.",
  (image) => trimSpace(image) === image,
  "starts or ends with white space",
);

/** `validateContainerOnlyForPod`: a blank image counts as missing. */
const image: Check = (value, at) => {
  if (typeof value !== "string" || value === "" || trimSpace(value) !== "") unpadded(value, at);
  else if (at.kind === "Pod" || !isTriggered(at)) at.invalid(`is ${at.show(value)}, which is blank`, "Set an image.");
};

/** The volume that a StatefulSet adds to its pods for a claim, in place of one of the same name (`updateStorage`). */
function claimedVolume({ metadata }: JsonObject): JsonObject {
  return { name: isObject(metadata) ? (metadata.name ?? null) : null, persistentVolumeClaim: {} };
}

/** The volumes of the pod by name, including those for the claims of a StatefulSet. */
export function volumesAround(at: Place): Map<Json | undefined, JsonObject> {
  const volumes = objectsIn(at.closest("core.v1.PodSpec")?.volumes);
  const claims = objectsIn(at.closest("apps.v1.StatefulSetSpec")?.volumeClaimTemplates);
  return new Map([...volumes, ...claims.map(claimedVolume)].map((volume) => [volume.name, volume]));
}

/** Each mount and device must name a volume of the pod and have its own path (`ValidateVolumeMounts`, `…Devices`). */
const mounts = onObject((object, at) => {
  const { volumeMounts, volumeDevices } = object;
  if (isUnset(volumeMounts) && isUnset(volumeDevices)) return;
  const volumes = volumesAround(at);
  mountsOf(objectsIn(volumeMounts), objectsIn(volumeDevices), volumes, at);
  devicesOf(objectsIn(volumeDevices), volumes, at);
});

function mountsOf(
  list: JsonObject[],
  devices: JsonObject[],
  volumes: ReadonlyMap<unknown, JsonObject>,
  at: Place,
): void {
  const paths = new Set<Json | undefined>();
  at.enter("volumeMounts");
  list.forEach((mount, index) => {
    at.enter(index);
    if (!isUnset(mount.name) && !volumes.has(mount.name)) at.under("name", () => missingVolume(mount.name, at));
    if (paths.has(mount.mountPath) && !isUnset(mount.mountPath)) {
      at.under("mountPath", () => at.duplicate(mount.mountPath, "Give each mount its own path."));
    }
    paths.add(mount.mountPath);
    if (devices.some(({ name }) => name === mount.name)) {
      at.under("name", () => at.invalid(`is ${at.show(mount.name)}, which is also in volumeDevices`, oneUse));
    }
    if (devices.some(({ devicePath }) => devicePath === mount.mountPath)) {
      at.under("mountPath", () => at.invalid(`is ${at.show(mount.mountPath)}, which is also a devicePath`, oneUse));
    }
    at.leave();
  });
  at.leave();
}

const oneUse = "Use the volume either as files or as a device.";

function devicesOf(list: JsonObject[], volumes: ReadonlyMap<unknown, JsonObject>, at: Place): void {
  at.enter("volumeDevices");
  list.forEach((device, index) => {
    const source = volumes.get(device.name);
    at.enter(index);
    at.enter("name");
    if (!isUnset(device.name) && source === undefined) missingVolume(device.name, at);
    else if (source !== undefined && !isObject(source.persistentVolumeClaim) && !isObject(source.ephemeral)) {
      at.invalid(
        `is ${at.show(device.name)}, which is not a claim`,
        "Use a persistentVolumeClaim or ephemeral volume as a device.",
      );
    }
    at.leave();
    at.leave();
  });
  at.leave();
}

function missingVolume(name: Json | undefined, at: Place): void {
  at.invalid(`is ${at.show(name)}, which is not in spec.volumes`, "Use one of the pod's volumes, or add this volume.");
}

const propagation: Check = (value, at) => {
  const context =
    at.closest("core.v1.Container")?.securityContext ?? at.closest("core.v1.EphemeralContainer")?.securityContext;
  const privileged = isObject(context) && context.privileged === true;
  if (value === "Bidirectional" && !privileged)
    at.forbidden(
      "unless the container is privileged",
      "Use HostToContainer, or set privileged: true in the container's securityContext.",
    );
};

/** `validateMountRecursiveReadOnly`. */
const recursiveReadOnly: Check = (value, at) => {
  if (value !== "Enabled" && value !== "IfPossible") return;
  const { readOnly, mountPropagation } = at.parent;
  if (readOnly !== true) at.forbidden("unless readOnly is true", "Set readOnly: true.");
  if (!isUnset(mountPropagation) && mountPropagation !== "None")
    at.forbidden("with this mountPropagation", "Set mountPropagation: None.");
};

const exclusiveSubPath: Check = (value, at) => {
  if (!isUnset(value) && !isUnset(at.parent.subPath)) at.excluded("subPath", "Invalid", "is set together with subPath");
};

/** `validateResizePolicy`. */
const resizePolicy = [
  uniqueBy("resourceName"),
  each({
    resourceName: [required, oneOf("cpu", "memory")],
    restartPolicy: [
      required,
      oneOf("NotRequired", "RestartContainer"),
      (value: Json | undefined, at: Place) => {
        if (value === "RestartContainer" && at.closest("core.v1.PodSpec")?.restartPolicy === "Never") {
          at.invalid("is RestartContainer, but the pod's restartPolicy is Never", "Set it to NotRequired.");
        }
      },
    ],
  }),
];

/** `validateContainerRestartPolicy`. */
const restartRules = [
  maxItems(20),
  each({
    action: [
      upTo("1.35", exactlyOneWordOf("Restart")),
      from("1.36", exactlyOneWordOf("Restart", "RestartAllContainers")),
    ],
    exitCodes: [present, { operator: [required, oneOf("In", "NotIn")], values: maxItems(255) }],
  }),
];

const withRules: Check = (value, at) => {
  if (value === undefined && !isUnset(at.parent.restartPolicyRules)) at.required("with restartPolicyRules");
};

/** No two ports of a container use the same host port (`checkHostPortConflicts`). */
const distinctHostPorts: Check = uniqueAs(
  ({ hostPort, hostIP, protocol }) =>
    isUnset(hostPort) ? undefined : `${textOf(protocol) || "TCP"}/${textOf(hostIP)}/${hostPort}`,
  "hostPort",
);

/** The requirements for all containers (`validateContainerCommon`). */
const anyContainer = [
  rule("apply/volume", mounts),
  {
    name: rule("apply/container-name", [required, dns1123Label]),
    image: rule("apply/image", [required, ofPods(image)]),
    imagePullPolicy: rule("apply/image", oneOf("Always", "IfNotPresent", "Never")),
    terminationMessagePolicy: oneOf("File", "FallbackToLogsOnError"),
    ports: rule("apply/port", uniqueBy("name")),
    volumeDevices: rule("apply/volume", [uniqueBy("name"), uniqueBy("devicePath")]),
    resources: containerResources,
    resizePolicy: from("1.33", resizePolicy),
  },
];

const restartPolicies = from("1.35", [withRules, exactlyOneWordOf("Always", "OnFailure", "Never")]);

/** Further requirements for the containers in `spec.containers` (`validateContainers`). */
export const regularContainer = {
  restartPolicy: rule("apply/restart-policy", [upTo("1.33", absent("in a regular container")), restartPolicies]),
  restartPolicyRules: rule("apply/restart-policy", from("1.35", restartRules)),
  livenessProbe: rule("apply/probe", livenessOrStartupProbe),
  startupProbe: rule("apply/probe", livenessOrStartupProbe),
  readinessProbe: rule("apply/probe", readinessProbe),
};

const isSidecar = (container: JsonObject) => container.restartPolicy === "Always";
const noneUnlessSidecar = when(isSidecar, [], absent("in an init container, unless its restartPolicy is Always"));

/** The feature gate of stop signals is off: a lifecycle with nothing else is dropped (`dropContainerStopSignals`). */
const isDropped = (value: Json | undefined) =>
  isObject(value) && !isUnset(value.stopSignal) && isUnset(value.postStart) && isUnset(value.preStop);

/** Further requirements for init containers: only sidecars can have probes (`validateInitContainers`). */
export const initContainer = {
  restartPolicy: rule("apply/restart-policy", [upTo("1.33", exactlyOneWordOf("Always")), restartPolicies]),
  restartPolicyRules: rule("apply/restart-policy", [
    from("1.35", restartRules),
    from("1.35", upTo("1.35", when(isSidecar, forbidden("with restartPolicy Always")))),
  ]),
  lifecycle: rule("apply/probe", (value: Json | undefined, at: Place) => {
    if (!isDropped(value)) noneUnlessSidecar(value, at);
  }),
  livenessProbe: rule("apply/probe", [noneUnlessSidecar, livenessOrStartupProbe]),
  startupProbe: rule("apply/probe", [noneUnlessSidecar, livenessOrStartupProbe]),
  readinessProbe: rule("apply/probe", [noneUnlessSidecar, readinessProbe]),
  ports: rule("apply/host-port", distinctHostPorts),
  resizePolicy: [
    upTo("1.35", (value: Json | undefined, at: Place) => {
      if (!isUnset(value)) at.invalid("is set in an init container", "Remove it.");
    }),
    from("1.36", (value: Json | undefined, at: Place) => {
      if (isSidecar(at.parent)) return;
      const restarts = objectsIn(value).findIndex(({ restartPolicy }) => restartPolicy === "RestartContainer");
      if (restarts < 0) return;
      const refuse = () => at.invalid("is RestartContainer in an init container", "Set it to NotRequired.");
      at.under(restarts, () => at.under("restartPolicy", refuse));
    }),
  ],
};

/** https://kubernetes.io/docs/concepts/containers/ */
export const container: TypeDemands = {
  "core.v1.Container": rule("apply/container", anyContainer),
  "core.v1.EphemeralContainer": rule("apply/container", anyContainer),
  "core.v1.ContainerPort": rule("apply/port", {
    name: portName,
    containerPort: [required, portNumber],
    hostPort: rule(
      "apply/host-port",
      when(({ hostPort }) => !isUnset(hostPort), portNumber),
    ),
    protocol: oneOf("TCP", "UDP", "SCTP"),
  }),
  "core.v1.VolumeMount": rule("apply/volume", {
    name: required,
    mountPath: required,
    subPath: descendingPath,
    subPathExpr: [exclusiveSubPath, descendingPath],
    mountPropagation: [exactlyOneWordOf("None", "HostToContainer", "Bidirectional"), propagation],
    recursiveReadOnly: from("1.31", [exactlyOneWordOf("Disabled", "IfPossible", "Enabled"), recursiveReadOnly]),
  }),
  "core.v1.VolumeDevice": rule("apply/volume", { name: required, devicePath: [required, noBacksteps] }),
};
