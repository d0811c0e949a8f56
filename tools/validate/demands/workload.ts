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

/** A workload finds its pods again by their labels. */
const ownPods = rule(
  "apply/selector",
  onObject((spec, at) => {
    const { selector } = spec;
    if (!isObject(selector)) return;
    if (isEmptySelector(selector)) {
      at.under("selector", () => at.invalid("is empty", "Select the labels that the template gives its pods."));
    } else if (!selects(selector, templateLabels(spec))) {
      at.beneath(labelsPath, () => at.invalid("are not selected by spec.selector", agree));
    }
  }),
);

export const labelsPath = ["template", "metadata", "labels"];
const agree = "Give the template every label that the selector asks for.";

/** The selector of a ReplicationController is that of its template unless it says otherwise. */
const ownPodsByLabels = rule(
  "apply/selector",
  onObject((spec, at) => {
    const labels = templateLabels(spec);
    const isEmpty = !isObject(spec.selector) || Object.keys(spec.selector).length === 0;
    if (isEmpty && Object.keys(labels).length === 0) at.under("selector", () => at.required("", agree));
    else if (!isEmpty && isObject(spec.template) && !selectsAll(spec.selector, labels))
      at.beneath(labelsPath, () => at.invalid("are not selected by spec.selector", agree));
  }),
);

/** Pods that are replaced when they end. */
const restartedPods = {
  spec: {
    restartPolicy: rule("apply/restart-policy", oneOf("Always")),
    activeDeadlineSeconds: absent("in the template of this kind: its pods run on"),
  },
};

const percent = /^\d+%$/;

/** A number of pods, or a share of them in per cent (`ValidatePositiveIntOrPercent`). */
export const countOrPercent: Check = (value, at) => {
  if (typeof value === "string" && !percent.test(value))
    at.invalid(`is ${at.show(value)}, which is neither a number nor a percentage`, "Write 1, or 25% with its sign.");
  else nonNegative(value, at);
};

export const atMostAll: Check = (value, at) => {
  if (typeof value === "string" && percent.test(value) && Number.parseInt(value, 10) > 100)
    at.invalid(`is ${at.show(value)}, more than all`, "Write 100% or less.");
};

/** The number, or the number of per cents; a string that is neither counts as 0. */
function amountOf(value: Json | undefined, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "string" ? Number.parseInt(value, 10) || 0 : numberOf(value);
}

const isRolling = ({ type }: JsonObject) => isUnset(type) || type === "RollingUpdate";

/** `ValidateRollingUpdateDeployment`: 25% unless they say otherwise. */
const someRoom = onObject(({ maxUnavailable, maxSurge }, at) => {
  if (amountOf(maxUnavailable, 25) !== 0 || amountOf(maxSurge, 25) !== 0) return;
  at.under("maxUnavailable", () =>
    at.invalid("is 0, and so is maxSurge: no pod could ever be replaced", "Raise one of the two."),
  );
});

/** `ValidateRollingUpdateDaemonSet`: 1 and 0 unless they say otherwise. */
const oneWayOfRolling = onObject(({ maxUnavailable, maxSurge }, at) => {
  const [unavailable, surge] = [amountOf(maxUnavailable, 1), amountOf(maxSurge, 0)];
  if (unavailable !== 0 && surge !== 0)
    at.under("maxSurge", () => at.invalid("is set, and maxUnavailable is not 0", "Set maxUnavailable: 0 beside it."));
  if (unavailable === 0 && surge === 0)
    at.under("maxUnavailable", () => at.required("above 0 when maxSurge is 0", "Raise one of the two."));
});

/** One of some words; the API server calls any other one invalid. */
export function either(...words: string[]): Check {
  return (value, at) => {
    if (typeof value === "string" && value !== "" && !words.includes(value))
      at.invalid(`is ${at.show(value)}; only ${words.join(" and ")} are allowed`, `Use ${words.join(" or ")}.`);
  };
}

/** A rollout that is given up before a pod could count as ready would always be (600 s unless it is said). */
const longEnough: Check = (value, at) => {
  const [deadline, ready] = [numberOf(value, 600), numberOf(at.parent.minReadySeconds)];
  if (isNumber(value ?? 600) && deadline <= ready)
    at.invalid(`is ${deadline}, not above minReadySeconds, ${ready}`, "Raise it, or lower minReadySeconds.");
};

const notNone: Check = (value, at) => {
  if (value === 0 || (typeof value === "string" && /^0+%$/.test(value))) at.invalid("is 0", "Write 1 or more.");
};

const onlyWhenRolling: Check = (value, at) => {
  if (value !== undefined) at.invalid("is set, while type is OnDelete", "Remove it, or set type: RollingUpdate.");
};

/** Claims become volumes of the pods, by their names. */
const distinctClaims: Check = (value, at) => {
  const seen = new Set<Json>();
  objectsIn(value).forEach(({ metadata }, index) => {
    const name = isObject(metadata) ? textOf(metadata.name) : "";
    if (name !== "" && seen.has(name)) at.beneath([index, "metadata", "name"], () => at.duplicate(name));
    seen.add(name);
  });
};

/** The name of a claim is that of a volume. */
const claimName = { metadata: filled({ name: [required, dns1123Label] }) };

/**
 * Its pods have the label controller-revision-hash, the name with a dash and a hash of mostly ten characters (`setPodRevision`
 * in k8s.io/kubernetes/pkg/controller/statefulset, `HashControllerRevision`), and are themselves called by the name and a number.
 */
const setName: Check = onObject((metadata, at) => {
  const { length } = givenName(metadata);
  if (length <= 52 || length > 63) return;
  const says = `makes a name of ${length} characters; its pods have it, with - and mostly 10 more, as a label, which has at most 63`;
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
  // A negative revisionHistoryLimit is only warned of.
  "apps.v1.StatefulSetSpec": [
    ownPods,
    {
      replicas: nonNegative,
      minReadySeconds: nonNegative,
      podManagementPolicy: either("OrderedReady", "Parallel"),
      // It becomes the subdomain of the pods.
      serviceName: [rule("apply/name", from("1.33", dns1123Label)), upTo("1.32", ofPods(dns1123Label))],
      ordinals: { start: nonNegative },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: oneOf("Retain", "Delete"),
        whenScaled: oneOf("Retain", "Delete"),
      },
      revisionHistoryLimit: (value, at) => {
        if (isNumber(value) && value < 0) at.warn("is below 0, which keeps all revisions", "Write 0 or more.");
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
