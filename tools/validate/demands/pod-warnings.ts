import { isObject, type JsonObject } from "../../core/json.ts";
import { type Demand, each, from, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, labelValue } from "../../vocabulary/names.ts";
import { isNumber } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import { canonicalAddress } from "./address.ts";
import { givenName } from "./names.ts";
import { oldNodeLabel, oldNodeLabels, oldNodeLabelsInExpressions } from "./node-labels.ts";
import { containersIn, isOfWindows, podAnnotations, profileOf } from "./pod-annotations.ts";
import { portWarnings } from "./port-warnings.ts";
import { wholeBytes } from "./volume-claim.ts";
import { volumeWarnings } from "./volume-warnings.ts";

// The API server's warnings about pods and pod templates (`GetWarningsForPod`, `GetWarningsForPodTemplate`).

const selectsNothing: Check = (value, at) => {
  if (value === undefined) at.warn("is not set, which selects no pods", "Add a selector for the intended pods.");
};

const affinityTerms = {
  requiredDuringSchedulingIgnoredDuringExecution: each({ labelSelector: selectsNothing }),
  preferredDuringSchedulingIgnoredDuringExecution: each({ podAffinityTerm: { labelSelector: selectsNothing } }),
};

/** The API server does not validate the values of preferred terms. */
const preferredLabelValue: Check = (value, at) => {
  if (!labelValue.fits(textOf(value)))
    at.warn(`is ${at.show(value)}, which no label can have as its value`, labelValue.help);
};

/** In a Pod, the API server silently sets a negative value to 1. */
const negativeGracePeriod: Check = (value, at) => {
  if (at.kind !== "Pod" && isNumber(value) && value < 0)
    at.warn(`is ${at.show(value)}, which counts as 1`, "Set it to 0 or more.");
};

/** Warns about a second element with the same value of a field, which has no effect or hides the first. */
function repeated(field: string): Check {
  return (value, at) => {
    if (!Array.isArray(value) || value.length < 2) return;
    const seen = new Set<string>();
    objectsIn(value).forEach((element, index) => {
      const text = textOf(element[field]);
      if (seen.has(text))
        at.beneath([index, field], () => at.warn(`is ${at.show(text)} a second time`, "Remove one of the two."));
      seen.add(text);
    });
  };
}

const emptyName: Check = (value, at) => {
  if (isUnset(value)) at.warn("is empty", "Name a Secret or remove the element.");
};

/** A second variable with the same name hides the first, unless it refers to it; apply may then drop one of them. */
const hiddenVariables: Check = (value, at) => {
  if (!Array.isArray(value) || value.length < 2) return;
  const seen = new Set<string>();
  objectsIn(value).forEach((variable, index) => {
    const [name, text] = [textOf(variable.name), textOf(variable.value)];
    const reference = `$(${name})`;
    const isBuiltOnIt = !isObject(variable.valueFrom) && text !== reference && text.includes(reference);
    if (seen.has(name) && !isBuiltOnIt)
      at.under(index, () => at.warn(`sets ${name} a second time`, "Keep one of the two: apply may drop either."));
    seen.add(name);
  });
};

const bytes = { memory: wholeBytes, "ephemeral-storage": wholeBytes };
const container = { env: hiddenVariables, resources: { limits: bytes, requests: bytes } };

/** The warnings about the spec of a pod. */
export const podSpecWarnings: Demand = [
  {
    nodeSelector: oldNodeLabels,
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: each(oldNodeLabelsInExpressions) },
        preferredDuringSchedulingIgnoredDuringExecution: each({
          preference: [
            oldNodeLabelsInExpressions,
            { matchExpressions: each({ values: from("1.33", each(preferredLabelValue)) }) },
          ],
        }),
      },
      podAffinity: affinityTerms,
      podAntiAffinity: affinityTerms,
    },
    topologySpreadConstraints: each({ topologyKey: oldNodeLabel, labelSelector: selectsNothing }),
    terminationGracePeriodSeconds: negativeGracePeriod,
    hostAliases: [repeated("ip"), each({ ip: from("1.33", canonicalAddress) })],
    dnsConfig: { nameservers: from("1.33", each(canonicalAddress)) },
    imagePullSecrets: [repeated("name"), each({ name: emptyName })],
    overhead: bytes,
    initContainers: each(container),
    containers: each(container),
    ephemeralContainers: each(container),
    volumes: each(volumeWarnings),
  },
  portWarnings,
];

const withoutEffect: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
  "security.alpha.kubernetes.io/sysctls": "securityContext.sysctls",
  "security.alpha.kubernetes.io/unsafe-sysctls": "securityContext.sysctls",
};

/** Annotations that a field has replaced, if the field is not set. */
const oldAnnotations = onObject(({ metadata, spec }, at) => {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : undefined;
  if (annotations === undefined) return;
  at.enter("metadata");
  at.enter("annotations");
  for (const key of Object.keys(annotations)) {
    const field = Object.hasOwn(withoutEffect, key) ? withoutEffect[key] : securityField(key, annotations, spec, at);
    if (field !== undefined) at.under(key, () => at.warn("no longer has any effect", `Use ${field} instead.`));
  }
  at.leave();
  at.leave();
});

const seccomp = "seccomp.security.alpha.kubernetes.io/pod";
const ofContainer = /^container\.(seccomp\.security\.alpha|apparmor\.security\.beta)\.kubernetes\.io\/(.*)$/;

/** The unset field that replaces a seccomp or AppArmor annotation; undefined if there is nothing to warn about. */
function securityField(key: string, annotations: JsonObject, spec: unknown, at: Place): string | undefined {
  if (!isObject(spec)) return undefined;
  if (key === seccomp) return profileOf(spec, "seccompProfile") === undefined ? "seccompProfile" : undefined;
  const [, kind, name] = ofContainer.exec(key) ?? [];
  const container = containersIn(spec).find((one) => one.container.name === name)?.container;
  if (kind === undefined || container === undefined) return undefined;
  const field = kind.startsWith("seccomp") ? "seccompProfile" : "appArmorProfile";
  // For Pods, the warning comes from applyAppArmorVersionSkew, which skips Windows pods.
  if (field === "appArmorProfile" && at.kind === "Pod" && isOfWindows(spec)) return undefined;
  if (profileOf(container, field) !== undefined) return undefined;
  const isSame = field === "appArmorProfile" && matches(annotations[key], profileOf(spec, field));
  return isSame ? undefined : `securityContext.${field}`;
}

/** Whether an annotation (`runtime/default`, `unconfined` or `localhost/…`) means the same as the field of the pod. */
function matches(annotation: unknown, profile: JsonObject | undefined): boolean {
  if (profile === undefined) return false;
  if (annotation === "runtime/default") return profile.type === "RuntimeDefault";
  if (annotation === "unconfined") return profile.type === "Unconfined";
  return profile.type === "Localhost" && annotation === `localhost/${textOf(profile.localhostProfile)}`;
}

/** The warnings about a pod or a pod template as a whole. */
export const podWarnings: Demand = oldAnnotations;

/** The name of a workload becomes part of its pods' hostnames, which must be DNS labels. */
export const hostName: Check = (value, at) => {
  if (!isObject(value)) return;
  const given = givenName(value);
  if (dns1123Label.fits(given)) return;
  at.under("name", () => at.warn(`is ${at.show(given)}, which cannot be the hostname of a pod`, dns1123Label.help));
};

const named = { metadata: hostName };

/** Pods, and the workloads whose names become part of hostnames. */
export const hostNames: TypeDemands = {
  "core.v1.Pod": [podWarnings, rule("apply/pod", podAnnotations), named],
  "apps.v1.Deployment": named,
  "apps.v1.ReplicaSet": named,
  "core.v1.ReplicationController": named,
};
