import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { each, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { objectsIn, stringsIn, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain, qualifiedName } from "../../vocabulary/names.ts";
import { range } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { exactlyOneOf, forbidden, isUnset, required } from "../../vocabulary/presence.ts";
import { element, evenEmpty, exactlyOneWordOf, format, maxLength, oneOf, textOf } from "../../vocabulary/text.ts";
import { address } from "./address.ts";
import { initContainer, regularContainer, volumesAround } from "./container.ts";
import { labels } from "./metadata.ts";
import { finalizers } from "./object.ts";
import { overheadOfClass, preemptionPolicy, priority } from "./pod-admission.ts";
import { podAnnotations } from "./pod-annotations.ts";
import { podAndContainerResources } from "./pod-resources.ts";
import { podSpecWarnings, podWarnings } from "./pod-warnings.ts";
import { ofPods } from "./pods.ts";
import { overhead, podResources } from "./resources.ts";
import { distinctSpread } from "./scheduling.ts";
import { fitsOs, hostProcess } from "./security-context.ts";

/** The names of all containers of a pod must differ, including init and ephemeral containers. */
const distinctContainerNames = onObject((object, at) => {
  const seen = new Set<Json>();
  for (const list of ["containers", "initContainers", "ephemeralContainers"]) {
    const elements = object[list];
    if (!Array.isArray(elements)) continue;
    elements.forEach((container, index) => {
      const name = isObject(container) ? container.name : undefined;
      if (name === undefined || isUnset(name)) return;
      if (seen.has(name)) at.under(list, () => at.under(index, () => at.under("name", () => at.duplicate(name))));
      seen.add(name);
    });
  }
});

/** The host ports of a pod's containers must differ (`checkHostPortConflicts`). */
const distinctHostPorts: Check = (value, at) => {
  const seen = new Set<string>();
  forEachPort(value, (port, path) => {
    if (isUnset(port.hostPort)) return;
    const id = onNode(port);
    if (seen.has(id)) at.beneath(path, () => at.duplicate(port.hostPort));
    seen.add(id);
  });
};

/** With hostNetwork, a missing hostPort of a Pod defaults to containerPort (`defaultHostNetworkPorts`). */
const distinctFilledPorts: Check = (value, at) => {
  if (at.parent.hostNetwork !== true) return;
  const seen = new Map<string, boolean>();
  forEachPort(value, (port, path) => {
    const isGiven = !isUnset(port.hostPort);
    const id = onNode(isGiven ? port : { ...port, hostPort: port.containerPort ?? null });
    const taken = seen.get(id);
    // distinctHostPorts reports the conflict if both ports are given.
    if (taken !== undefined && !(taken && isGiven)) at.beneath(path, () => at.say("Duplicate", twiceOn(port), another));
    seen.set(id, isGiven || taken === true);
  });
};

const twiceOn = ({ containerPort }: JsonObject) =>
  `is ${containerPort} a second time: with hostNetwork, hostPort defaults to containerPort`;
const another = "Use a different port for one of the two.";

function forEachPort(containers: Json | undefined, visit: (port: JsonObject, path: (string | number)[]) => void): void {
  objectsIn(containers).forEach((container, index) => {
    objectsIn(container.ports).forEach((port, number) => {
      visit(port, [index, "ports", number, "hostPort"]);
    });
  });
}

function onNode({ protocol, hostIP, hostPort }: JsonObject): string {
  return `${textOf(protocol) || "TCP"}/${textOf(hostIP)}/${hostPort}`;
}

/** With hostNetwork, hostPort must equal containerPort (`validatePodHostNetworkDeps`). */
const hostNetworkPorts = onObject((spec, at) => {
  if (spec.hostNetwork !== true) return;
  objectsIn(spec.containers).forEach((container, index) => {
    objectsIn(container.ports).forEach(({ hostPort, containerPort }, port) => {
      if (isUnset(hostPort) || hostPort === containerPort) return;
      at.beneath(["containers", index, "ports", port, "hostPort"], () =>
        at.invalid(
          `is ${hostPort}, but containerPort is ${containerPort ?? "not set"}: with hostNetwork they must be the same`,
          samePort,
        ),
      );
    });
  });
});

const samePort = "Set both to the same port or remove hostPort.";

/** A pod with its own user namespace cannot use the node's namespaces (`validateHostUsers`). */
const ownUsers = onObject((spec, at) => {
  if (spec.hostUsers !== false) return;
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (spec[field] === true) at.under(field, () => at.forbidden("when hostUsers is false"));
  }
  for (const list of ["containers", "initContainers"]) {
    objectsIn(spec[list]).forEach(({ volumeDevices }, index) => {
      if (!isUnset(volumeDevices))
        at.beneath([list, index, "volumeDevices"], () => at.forbidden("when hostUsers is false"));
    });
  }
});

const sharedProcesses: Check = (value, at) => {
  if (value === true && at.parent.hostPID === true)
    at.invalid("is true, but hostPID is true as well", "Set only one of the two.");
};

/** `validatePodHostName`, from 1.35 on (HostnameOverride). */
const hostnameOverride: Check = (value, at) => {
  if (value === undefined) return;
  if (at.parent.setHostnameAsFQDN === true) at.forbidden("when setHostnameAsFQDN is true");
  if (at.parent.hostNetwork === true) at.forbidden("when hostNetwork is true");
  maxLength(64)(value, at);
  evenEmpty(dns1123Subdomain)(value, at);
};

const searchDomain = format(
  "a DNS search domain",
  "Use lowercase letters, digits, -, _ and dots, or a single dot.",
  (text) => text === "." || isUnderscored(text.replace(/\.$/, "")),
);
const strictSearchDomain = format("a DNS search domain", "Use lowercase letters, digits, - and dots.", (text) =>
  dns1123Subdomain.fits(text.replace(/\.$/, "")),
);

/** Each label may begin with an underscore and contain more (`IsDNS1123SubdomainWithUnderscore`). */
function isUnderscored(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(label));
}

const searchListLength: Check = (value, at) => {
  if (stringsIn(value).join(" ").length > 2048)
    at.invalid("has more than 2048 characters in total", "Shorten the list.");
};

const notOnWindows: Check = (value, at) => {
  const os = at.parent.os;
  if (value !== undefined && isObject(os) && os.name === "windows") at.forbidden("in a Windows pod");
};

/** The StatefulSet controller sets these fields itself. */
const unlessStatefulSet =
  (check: Check): Check =>
  (value, at) => {
    if (at.kind !== "StatefulSet") check(value, at);
  };

/** With dnsPolicy None, the pod must name its DNS servers (`validatePodDNSConfig`). */
const nameserversForNone: Check = (value, at) => {
  if (at.parent.dnsPolicy !== "None") return;
  if (!isObject(value)) at.required("when dnsPolicy is None");
  else if (isUnset(value.nameservers)) at.under("nameservers", () => at.required("when dnsPolicy is None"));
};

const atMost =
  (limit: number, what: string): Check =>
  (value, at) => {
    if (Array.isArray(value) && value.length > limit)
      at.invalid(`has ${value.length} ${what}; at most ${limit} are allowed`, "Remove some.");
  };

/** `validatePodResourceClaim`. */
const resourceClaim = [
  exactlyOneOf("resourceClaimName", "resourceClaimTemplateName"),
  {
    name: [required, dns1123Label],
    resourceClaimName: evenEmpty(dns1123Subdomain),
    resourceClaimTemplateName: evenEmpty(dns1123Subdomain),
  },
];

/** A file with environment variables must be in an emptyDir of the pod (`validateFileKeyRefVolumes`). */
const filesOfVariables = onObject((spec, at) => {
  const volumes = volumesAround(at);
  for (const list of ["containers", "initContainers"]) {
    objectsIn(spec[list]).forEach(({ env }, index) => {
      objectsIn(env).forEach(({ valueFrom }, variable) => {
        const file = isObject(valueFrom) ? valueFrom.fileKeyRef : undefined;
        if (!isObject(file)) return;
        const volume = volumes.get(file.volumeName);
        const path = [list, index, "env", variable, "valueFrom", "fileKeyRef", "volumeName"];
        if (volume === undefined || !isEmptyDir(volume))
          at.beneath(path, () =>
            at.invalid(`is ${at.show(file.volumeName)}, which is not an emptyDir of the pod`, emptyDir),
          );
      });
    });
  }
});

/** A volume without a source is an emptyDir (`SetDefaults_Volume`). */
function isEmptyDir({ name: _, emptyDir, ...sources }: JsonObject): boolean {
  return isObject(emptyDir) || Object.values(sources).every((source) => source === null);
}

const emptyDir = "Name an emptyDir from spec.volumes.";

/** A pod cannot mount the claim of its own ephemeral volume by name (`ValidateVolumes`). */
const ownClaims: Check = (value, at) => {
  const metadata = at.parent.metadata ?? (at.kind === "Pod" ? at.root.metadata : undefined);
  const podName = isObject(metadata) ? textOf(metadata.name) : "";
  const made = objectsIn(value)
    .filter(({ ephemeral }) => isObject(ephemeral))
    .map(({ name }) => `${podName}-${textOf(name)}`);
  if (podName === "" || made.length === 0) return;
  objectsIn(value).forEach(({ persistentVolumeClaim }, index) => {
    const claim = isObject(persistentVolumeClaim) ? textOf(persistentVolumeClaim.claimName) : "";
    const refuse = () =>
      at.invalid(`is ${at.show(claim)}, the claim of an ephemeral volume of the pod`, "Name another claim.");
    if (made.includes(claim)) at.beneath([index, "persistentVolumeClaim", "claimName"], refuse);
  });
};

/** The claim of an ephemeral volume is named <pod>-<volume> (`validateVolumeSource`). */
const claimNames: Check = (value, at) => {
  const name = at.kind === "Pod" && isObject(at.root.metadata) ? textOf(at.root.metadata.name) : "";
  if (name === "") return;
  objectsIn(value).forEach((volume, index) => {
    const isTooLong = isObject(volume.ephemeral) && name.length + 1 + textOf(volume.name).length > 253;
    const says = "is too long: the claim's name, <Pod name>-<volume name>, may have at most 253 characters";
    if (isTooLong) at.beneath([index, "name"], () => at.invalid(says, "Shorten one of the two names."));
  });
};

const noGates: Check = (value, at) => {
  if (!isUnset(value) && !isUnset(at.parent.schedulingGates)) at.forbidden("with schedulingGates");
};

/** https://kubernetes.io/docs/concepts/workloads/pods/ (`ValidatePodSpec`) */
export const podSpec: TypeDemands = {
  "core.v1.PodTemplateSpec": [podWarnings, rule("apply/pod", podAnnotations), { metadata: ofPods({ finalizers }) }],

  "core.v1.PodSpec": rule("apply/pod", [
    rule("apply/container-name", distinctContainerNames),
    rule("apply/host-port", hostNetworkPorts),
    rule("apply/security-context", [ownUsers, fitsOs, hostProcess]),
    rule("apply/env", from("1.35", filesOfVariables)),
    from("1.34", podAndContainerResources),
    podSpecWarnings,
    {
      containers: [
        required,
        each(regularContainer),
        rule("apply/host-port", [distinctHostPorts, ofPods(distinctFilledPorts)]),
      ],
      initContainers: each(initContainer),
      ephemeralContainers: forbidden("when a pod is created"),
      volumes: rule("apply/volume", [uniqueBy("name"), ownClaims, claimNames]),
      restartPolicy: rule("apply/restart-policy", oneOf("Always", "OnFailure", "Never")),
      activeDeadlineSeconds: range(1, 0x7fffffff),
      dnsPolicy: oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
      dnsConfig: [
        nameserversForNone,
        {
          nameservers: [atMost(3, "name servers"), each(address)],
          searches: [
            atMost(32, "domains"),
            searchListLength,
            upTo("1.32", each(element(strictSearchDomain))),
            from("1.33", each(element(searchDomain))),
          ],
          options: each({ name: required }),
        },
      ],
      nodeSelector: labels,
      nodeName: [dns1123Subdomain, ofPods(noGates)],
      serviceAccountName: dns1123Subdomain,
      // The old name of serviceAccountName, used only if that is not set.
      serviceAccount: when(({ serviceAccountName }) => isUnset(serviceAccountName), dns1123Subdomain),
      hostname: unlessStatefulSet(dns1123Label),
      subdomain: unlessStatefulSet(dns1123Label),
      hostnameOverride: from("1.35", hostnameOverride),
      shareProcessNamespace: rule("apply/security-context", sharedProcesses),
      hostAliases: each({ ip: address, hostnames: each(element(dns1123Subdomain)) }),
      priorityClassName: dns1123Subdomain,
      priority: ofPods(priority),
      preemptionPolicy: [exactlyOneWordOf("PreemptLowerPriority", "Never"), ofPods(preemptionPolicy)],
      runtimeClassName: evenEmpty(dns1123Subdomain),
      overhead: [overhead, ofPods(overheadOfClass)],
      os: { name: [required, oneOf("linux", "windows")] },
      readinessGates: each({ conditionType: element(qualifiedName) }),
      schedulingGates: rule("apply/scheduling", [uniqueBy("name"), each({ name: element(qualifiedName) })]),
      topologySpreadConstraints: rule("apply/scheduling", distinctSpread),
      resources: [podResources, rule("apply/quantity", from("1.34", notOnWindows))],
      resourceClaims: [uniqueBy("name"), each(resourceClaim)],
    },
  ]),
};
