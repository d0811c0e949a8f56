import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { each, filled, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label } from "../../vocabulary/names.ts";
import { isNumber, nonNegative } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { absent, isUnset, present, required } from "../../vocabulary/presence.ts";
import { isEmptySelector, selects, selectsAll } from "../../vocabulary/selector.ts";
import { numberOf, oneOf, textOf } from "../../vocabulary/text.ts";
import { givenName } from "./names.ts";
import { ofPods } from "./pods.ts";

/** The labels that a template gives its pods. */
export function templateLabels({ template }: JsonObject): JsonObject {
  const metadata = isObject(template) ? template.metadata : undefined;
  const labels = isObject(metadata) ? metadata.labels : undefined;
  return isObject(labels) ? labels : {};
}

/** The selector must match the labels of the template. */
const ownPods = rule(
  "apply/selector",
  onObject((spec, at) => {
    const { selector } = spec;
    if (!isObject(selector)) return;
    if (isEmptySelector(selector)) {
      at.under("selector", () => at.invalid("is empty", "Select the labels of the template."));
    } else if (!selects(selector, templateLabels(spec))) {
      at.beneath(labelsPath, () => at.invalid("are not selected by spec.selector", agree));
    }
  }),
);

/** The path of the template's labels in the spec of a workload. */
export const labelsPath = ["template", "metadata", "labels"];
const agree = "Add every label of the selector to the template.";

/** The selector of a ReplicationController defaults to the labels of the template. */
const ownPodsByLabels = rule(
  "apply/selector",
  onObject((spec, at) => {
    const labels = templateLabels(spec);
    const isEmpty = !isObject(spec.selector) || Object.keys(spec.selector).length === 0;
    if (isEmpty && Object.keys(labels).length === 0)
      at.under("selector", () => at.required("", "Add labels to the template; the selector defaults to them."));
    else if (!isEmpty && isObject(spec.template) && !selectsAll(spec.selector, labels))
      at.beneath(labelsPath, () => at.invalid("are not selected by spec.selector", agree));
  }),
);

/** Templates of pods that are replaced when they terminate. */
const restartedPods = {
  spec: {
    restartPolicy: rule("apply/restart-policy", oneOf("Always")),
    activeDeadlineSeconds: absent("in the template of this kind, whose pods run indefinitely"),
  },
};

const percent = /^\d+%$/;

/** A number or percentage of pods (`ValidatePositiveIntOrPercent`). */
export const countOrPercent: Check = (value, at) => {
  if (typeof value === "string" && !percent.test(value))
    at.invalid(
      `is ${at.show(value)}, which is neither a number nor a percentage`,
      "Use a number such as 1 or a percentage such as 25%.",
    );
  else nonNegative(value, at);
};

/** A percentage of at most 100%. */
export const atMostAll: Check = (value, at) => {
  if (typeof value === "string" && percent.test(value) && Number.parseInt(value, 10) > 100)
    at.invalid(`is ${at.show(value)}, which is more than 100%`, "Set it to 100% or less.");
};

/** The number, or the number of percent; any other string counts as 0. */
function amountOf(value: Json | undefined, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "string" ? Number.parseInt(value, 10) || 0 : numberOf(value);
}

const isRolling = ({ type }: JsonObject) => isUnset(type) || type === "RollingUpdate";

/** `ValidateRollingUpdateDeployment`; both default to 25%. */
const someRoom = onObject(({ maxUnavailable, maxSurge }, at) => {
  if (amountOf(maxUnavailable, 25) !== 0 || amountOf(maxSurge, 25) !== 0) return;
  at.under("maxUnavailable", () =>
    at.invalid("is 0, and so is maxSurge: no pod can be replaced", "Raise one of the two."),
  );
});

/** `ValidateRollingUpdateDaemonSet`; the defaults are 1 and 0. */
const oneWayOfRolling = onObject(({ maxUnavailable, maxSurge }, at) => {
  const [unavailable, surge] = [amountOf(maxUnavailable, 1), amountOf(maxSurge, 0)];
  if (unavailable !== 0 && surge !== 0)
    at.under("maxSurge", () => at.invalid("is set, but maxUnavailable is not 0", "Set maxUnavailable: 0."));
  if (unavailable === 0 && surge === 0)
    at.under("maxUnavailable", () => at.required("to be above 0 when maxSurge is 0", "Raise one of the two."));
});

/** One of the given words. Unlike `oneOf`, it reports others as invalid, not as unsupported. */
export function either(...words: string[]): Check {
  return (value, at) => {
    if (typeof value === "string" && value !== "" && !words.includes(value))
      at.invalid(`is ${at.show(value)}; only ${words.join(" and ")} are allowed`, `Use ${words.join(" or ")}.`);
  };
}

/** The deadline must exceed minReadySeconds, or every rollout would fail. It defaults to 600 s. */
const longEnough: Check = (value, at) => {
  const [deadline, ready] = [numberOf(value, 600), numberOf(at.parent.minReadySeconds)];
  if (isNumber(value ?? 600) && deadline <= ready)
    at.invalid(`is ${deadline}, which is not above minReadySeconds (${ready})`, "Raise it or lower minReadySeconds.");
};

const notNone: Check = (value, at) => {
  if (value === 0 || (typeof value === "string" && /^0+%$/.test(value))) at.invalid("is 0", "Set it to 1 or more.");
};

const onlyWhenRolling: Check = (value, at) => {
  if (value !== undefined) at.invalid("is set, but type is OnDelete", "Remove it or set type: RollingUpdate.");
};

/** Claim templates become volumes of the pods, so their names must differ. */
const distinctClaims: Check = (value, at) => {
  const seen = new Set<Json>();
  objectsIn(value).forEach(({ metadata }, index) => {
    const name = isObject(metadata) ? textOf(metadata.name) : "";
    if (name !== "" && seen.has(name)) at.beneath([index, "metadata", "name"], () => at.duplicate(name));
    seen.add(name);
  });
};

/** The name of a claim template is also that of a volume. */
const claimName = { metadata: filled({ name: [required, dns1123Label] }) };

/**
 * Pods of a StatefulSet have the label controller-revision-hash: the name, a hyphen and a hash of usually ten
 * characters (`setPodRevision` in k8s.io/kubernetes/pkg/controller/statefulset, `HashControllerRevision`). It has at
 * most 63 characters.
 */
const setName: Check = onObject((metadata, at) => {
  const { length } = givenName(metadata);
  if (length <= 52 || length > 63) return;
  const has = isUnset(metadata.name) ? "results in a name of" : "has";
  const says = `${has} ${length} characters; a label of the pods adds - and usually 10 more, but may have at most 63`;
  at.under(isUnset(metadata.name) ? "generateName" : "name", () => at.invalid(says, "Use at most 52 characters."));
});

/** https://kubernetes.io/docs/concepts/workloads/controllers/ */
export const workload: TypeDemands = {
  "apps.v1.DeploymentSpec": [
    ownPods,
    {
      replicas: nonNegative,
      minReadySeconds: nonNegative,
      revisionHistoryLimit: nonNegative,
      progressDeadlineSeconds: [nonNegative, longEnough],
      template: restartedPods,
    },
  ],
  "apps.v1.DeploymentStrategy": rule("apply/strategy", {
    type: oneOf("Recreate", "RollingUpdate"),
    rollingUpdate: [
      when(({ type }) => type === "Recreate", absent("when type is Recreate")),
      when(isRolling, [{ maxUnavailable: [countOrPercent, atMostAll], maxSurge: countOrPercent }, someRoom]),
    ],
  }),

  "apps.v1.ControllerRevision": { revision: nonNegative, data: present },

  "apps.v1.ReplicaSetSpec": [ownPods, { replicas: nonNegative, minReadySeconds: nonNegative, template: restartedPods }],
  "core.v1.ReplicationControllerSpec": [
    ownPodsByLabels,
    { replicas: nonNegative, minReadySeconds: nonNegative, template: [present, restartedPods] },
  ],

  "apps.v1.DaemonSetSpec": [
    ownPods,
    { minReadySeconds: nonNegative, revisionHistoryLimit: nonNegative, template: restartedPods },
  ],
  "apps.v1.DaemonSetUpdateStrategy": rule("apply/strategy", {
    type: oneOf("RollingUpdate", "OnDelete"),
    rollingUpdate: when(isRolling, [
      { maxUnavailable: [countOrPercent, atMostAll], maxSurge: [countOrPercent, atMostAll] },
      oneWayOfRolling,
    ]),
  }),

  "apps.v1.StatefulSet": { metadata: ofPods(setName) },
  // The API server only warns about a negative revisionHistoryLimit.
  "apps.v1.StatefulSetSpec": [
    ownPods,
    {
      replicas: nonNegative,
      minReadySeconds: nonNegative,
      podManagementPolicy: either("OrderedReady", "Parallel"),
      // serviceName becomes the subdomain of the pods.
      serviceName: [rule("apply/name", from("1.33", dns1123Label)), upTo("1.32", ofPods(dns1123Label))],
      ordinals: { start: nonNegative },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: oneOf("Retain", "Delete"),
        whenScaled: oneOf("Retain", "Delete"),
      },
      revisionHistoryLimit: (value, at) => {
        if (isNumber(value) && value < 0) at.warn("is negative, which keeps all revisions", "Set it to 0 or more.");
      },
      template: restartedPods,
      volumeClaimTemplates: [
        ofPods(distinctClaims),
        upTo("1.33", ofPods(each(claimName))),
        rule("apply/name", from("1.34", each(claimName))),
      ],
    },
  ],
  "apps.v1.StatefulSetUpdateStrategy": rule("apply/strategy", {
    type: either("RollingUpdate", "OnDelete"),
    rollingUpdate: [
      when(({ type }) => type === "OnDelete", onlyWhenRolling),
      // Up to 1.36, maxUnavailable was dropped (MaxUnavailableStatefulSet).
      when(isRolling, { partition: nonNegative, maxUnavailable: from("1.37", [countOrPercent, atMostAll, notNone]) }),
    ],
  }),
};
