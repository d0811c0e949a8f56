import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { textOf } from "../../vocabulary/text.ts";
import type { Default, DefaultTable } from "./default.ts";

/** An image with `:latest`, or without tag and digest, is always pulled (`parsers.ParseImageName`). */
function pullPolicyOf(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const [, tag = "latest"] = image.slice(image.lastIndexOf("/") + 1).split(":");
  return tag === "latest" ? "Always" : "IfNotPresent";
}

const imagePullPolicy: Default = (container) =>
  stringAt(container, "imagePullPolicy") || pullPolicyOf(textOf(container.image));

/** `stopSignal` is gated and dropped, and an otherwise empty lifecycle with it (`dropContainerStopSignals`). */
const lifecycle: Default = ({ lifecycle: given }) => {
  if (!isObject(given)) return given;
  return Object.keys(given).join() === "stopSignal" ? undefined : given;
};

const container = {
  lifecycle,
  imagePullPolicy,
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
};

/** A volume without a source is an emptyDir (`SetDefaults_Volume`). */
const emptyDir: Default = (volume) =>
  volume.emptyDir ?? (Object.keys(volume).some((key) => key !== "name") ? undefined : {});

/** A missing request defaults to the limit, in Pods but not in templates (`SetDefaults_Pod`). */
function requestsOfLimits(container: Json): Json {
  const resources = isObject(container) ? objectAt(container, "resources") : undefined;
  const limits = objectAt(resources, "limits");
  if (!isObject(container) || limits === undefined) return container;
  return { ...container, resources: { ...resources, requests: { ...limits, ...objectAt(resources, "requests") } } };
}

/** With hostNetwork, hostPort defaults to containerPort (`defaultHostNetworkPorts`). */
function hostPorts(container: Json): Json {
  if (!isObject(container) || !Array.isArray(container.ports)) return container;
  const ports = container.ports.map((port) =>
    isObject(port) ? { ...port, hostPort: port.hostPort || port.containerPort } : port,
  );
  return { ...container, ports: ports as Json[] };
}

const ofPod = (list: string, spec: JsonObject): Json | undefined => {
  if (spec[list] === undefined) return undefined;
  const containers = listAt(spec, list).map(requestsOfLimits);
  return spec.hostNetwork === true ? containers.map(hostPorts) : containers;
};

const podSpec: Default = (pod) => {
  const spec = objectAt(pod, "spec");
  if (spec === undefined) return pod.spec;
  const lists = ["containers", "initContainers"].map((list) => [list, ofPod(list, spec)] as const);
  const present = Object.fromEntries(lists.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
  return { ...spec, ...present, enableServiceLinks: spec.enableServiceLinks ?? true };
};

/** The default mode of files: https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
const fileMode = 0o644;

/** `SetDefaults_*` in pkg/apis/core/v1/defaults.go, and `+default` in k8s.io/api/core/v1, for pods. */
export const podDefaults: DefaultTable = {
  "core.v1.Pod": { spec: podSpec },
  "core.v1.PodSpec": {
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: "default-scheduler",
    serviceAccountName: (spec) => spec.serviceAccountName ?? spec.serviceAccount,
    serviceAccount: (spec) => spec.serviceAccountName,
  },
  "core.v1.Container": container,
  "core.v1.EphemeralContainer": container,
  "core.v1.ContainerPort": { protocol: "TCP" },
  "core.v1.Probe": { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  "core.v1.HTTPGetAction": { path: "/", scheme: "HTTP" },
  "core.v1.GRPCAction": { service: "" },
  "core.v1.ObjectFieldSelector": { apiVersion: "v1" },
  "core.v1.FileKeySelector": { optional: false },
  "core.v1.Volume": { emptyDir },
  "core.v1.SecretVolumeSource": { defaultMode: fileMode },
  "core.v1.ConfigMapVolumeSource": { defaultMode: fileMode },
  "core.v1.DownwardAPIVolumeSource": { defaultMode: fileMode },
  "core.v1.ProjectedVolumeSource": { defaultMode: fileMode },
  "core.v1.ServiceAccountTokenProjection": { expirationSeconds: 3600 },
  "core.v1.ImageVolumeSource": {
    pullPolicy: (image) => stringAt(image, "pullPolicy") || pullPolicyOf(textOf(image.reference)),
  },
};
