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

// What the API server takes of pods and of their templates, and warns of (`GetWarningsForPod`, `GetWarningsForPodTemplate`).

const selectsNothing: Check = (value, at) => {
  if (value === undefined) at.warn("is not set, which selects no pod", "Select the pods that are meant.");
};

const affinityTerms = {
  requiredDuringSchedulingIgnoredDuringExecution: each({ labelSelector: selectsNothing }),
  preferredDuringSchedulingIgnoredDuringExecution: each({ podAffinityTerm: { labelSelector: selectsNothing } }),
};

/** The values of preferred terms are not validated. */
const preferredLabelValue: Check = (value, at) => {
  if (!labelValue.fits(textOf(value))) at.warn(`is ${at.show(value)}, which no label can be`, labelValue.help);
};

/** Of a Pod, it is set to 1 without a word. */
const negativePause: Check = (value, at) => {
  if (at.kind !== "Pod" && isNumber(value) && value < 0)
    at.warn(`is ${at.show(value)}, which counts as 1`, "Write 0 or more.");
};

/** A second element with the same value of a field does nothing, or hides the first. */
function repeated(field: string): Check {
  return (value, at) => {
    if (!Array.isArray(value) || value.length < 2) return;
    const seen = new Set<string>();
    objectsIn(value).forEach((element, index) => {
      const text = textOf(element[field]);
      if (seen.has(text)) at.beneath([index, field], () => at.warn(`is ${at.show(text)} a second time`, "Remove one."));
      seen.add(text);
    });
  };
}

const emptyName: Check = (value, at) => {
  if (isUnset(value)) at.warn("is empty, which names nothing", "Name a Secret, or remove the element.");
};

/** A second variable of a name hides the first, unless it is built from it: apply may then lose one of the two. */
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

/** What is warned of in the spec of a pod. */
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
    terminationGracePeriodSeconds: negativePause,
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

/** Annotations that fields have replaced, where the field is not set. */
const oldAnnotations = onObject(({ metadata, spec }, at) => {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : undefined;
  if (annotations === undefined) return;
  at.enter("metadata");
  at.enter("annotations");
  for (const key of Object.keys(annotations)) {
    const field = Object.hasOwn(withoutEffect, key) ? withoutEffect[key] : securityField(key, annotations, spec, at);
    if (field !== undefined) at.under(key, () => at.warn("does nothing today", `Use ${field}.`));
  }
  at.leave();
  at.leave();
});

const seccomp = "seccomp.security.alpha.kubernetes.io/pod";
const ofContainer = /^container\.(seccomp\.security\.alpha|apparmor\.security\.beta)\.kubernetes\.io\/(.*)$/;

/** The field that is to be used instead of an annotation about seccomp or AppArmor. */
function securityField(key: string, annotations: JsonObject, spec: unknown, at: Place): string | undefined {
  if (!isObject(spec)) return undefined;
  if (key === seccomp) return profileOf(spec, "seccompProfile") === undefined ? "seccompProfile" : undefined;
  const [, kind, name] = ofContainer.exec(key) ?? [];
  const container = containersIn(spec).find((one) => one.container.name === name)?.container;
  if (kind === undefined || container === undefined) return undefined;
  const field = kind.startsWith("seccomp") ? "seccompProfile" : "appArmorProfile";
  // Of a Pod, applyAppArmorVersionSkew warns, and leaves those of Windows alone.
  if (field === "appArmorProfile" && at.kind === "Pod" && isOfWindows(spec)) return undefined;
  if (profileOf(container, field) !== undefined) return undefined;
  const isSame = field === "appArmorProfile" && saysTheSame(annotations[key], profileOf(spec, field));
  return isSame ? undefined : `securityContext.${field}`;
}

/** `runtime/default`, `unconfined` and `localhost/…` in an annotation, beside the field of the pod. */
function saysTheSame(annotation: unknown, profile: JsonObject | undefined): boolean {
  if (profile === undefined) return false;
  if (annotation === "runtime/default") return profile.type === "RuntimeDefault";
  if (annotation === "unconfined") return profile.type === "Unconfined";
  return profile.type === "Localhost" && annotation === `localhost/${textOf(profile.localhostProfile)}`;
}

/** What is warned of in a pod, or in a template of pods, as a whole. */
export const podWarnings: Demand = oldAnnotations;

/** The name of a workload becomes part of its pods' host names, which are DNS labels. */
export const hostName: Check = (value, at) => {
  if (!isObject(value)) return;
  const given = givenName(value);
  if (dns1123Label.fits(given)) return;
  at.under("name", () => at.warn(`is ${at.show(given)}, which no host name of a pod can be`, dns1123Label.help));
};

const named = { metadata: hostName };

/** Kinds whose names are used in host names. */
export const hostNames: TypeDemands = {
  "core.v1.Pod": [podWarnings, rule("apply/pod", podAnnotations), named],
  "apps.v1.Deployment": named,
  "apps.v1.ReplicaSet": named,
  "core.v1.ReplicationController": named,
};
