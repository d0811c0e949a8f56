import { isObject, type JsonObject } from "../../core/json.ts";
import {
  each,
  type Fields,
  from,
  onObject,
  provided,
  rule,
  type TypeDemands,
  upTo,
  when,
} from "../../vocabulary/demand.ts";
import { objectsIn, stringsIn, uniqueAs } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain, labelValue } from "../../vocabulary/names.ts";
import { absentIsZero, min, positive, range } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { forbidden, isUnset, required } from "../../vocabulary/presence.ts";
import { element, exactlyOneWordOf, oneOf, textOf } from "../../vocabulary/text.ts";
import { operatorAndValues } from "./label-selector.ts";
import { labelKey } from "./metadata.ts";
import { ofPods } from "./pods.ts";

const oneNumber = (count: number): string | undefined =>
  count === 1 ? undefined : "with exactly one element, for the operators Lt and Gt";

/** `ValidateNodeSelectorRequirement`. */
const nodeRequirement: Check = (value, at) => operatorAndValues({ Gt: oneNumber, Lt: oneNumber })(value, at);

/** A term over the fields of a node: only its name, and only one (`ValidateNodeFieldSelectorRequirement`). */
const nodeField: Check = (value, at) => {
  if (!isObject(value)) return;
  const { key, operator, values } = value;
  if (operator !== "In" && operator !== "NotIn") at.under("operator", () => at.notSupported(operator, ["In", "NotIn"]));
  else if (!Array.isArray(values) || values.length !== 1) {
    at.under("values", () => at.required("with exactly one element in matchFields"));
  }
  if (key !== "metadata.name") at.under("key", () => at.notSupported(key, ["metadata.name"]));
  else at.under("values", () => each(element(dns1123Subdomain))(values, at));
};

/** Keys whose values are taken from the pod itself (`ValidateMatchLabelKeysAndMismatchLabelKeys`). */
const labelKeys: Check = (value, at) => {
  if (!Array.isArray(value) || value.length === 0) return;
  const selector = at.parent.labelSelector;
  if (!isObject(selector)) at.forbidden("without labelSelector", "Add a labelSelector, or remove this.");
  else each(labelKey)(value, at);
};

/** How often a selector asks for a label. */
function requirements(key: string, { labelSelector }: JsonObject): number {
  const { matchLabels, matchExpressions } = isObject(labelSelector) ? labelSelector : {};
  const labels = isObject(matchLabels) && Object.hasOwn(matchLabels, key) ? 1 : 0;
  return labels + objectsIn(matchExpressions).filter((expression) => expression.key === key).length;
}

/** Refuses those of the keys that are such. */
function keysUnless(isRefused: (key: string, index: number, term: JsonObject, at: Place) => boolean): Check {
  return onObject((term, at) => {
    stringsIn(term.matchLabelKeys).forEach((key, index) => {
      const refuse = () =>
        at.invalid(`is ${at.show(key)}, which is selected by as well`, "Name the key in one place only.");
      if (isRefused(key, index, term, at)) at.beneath(["matchLabelKeys", index], refuse);
    });
  });
}

/** A key must not stand in both lists, nor be selected by as well. */
const distinctKeys = keysUnless(
  (key, _, term) => stringsIn(term.mismatchLabelKeys).includes(key) || requirements(key, term) > 1,
);

/** Of a Pod, the labels that the keys name go into the selector first (`applyLabelKeysToLabelSelector`). */
const distinctInPods = ofPods(
  keysUnless((key, index, term, at) => {
    const isAgain = stringsIn(term.matchLabelKeys).indexOf(key) < index;
    return isObject(term.labelSelector) && hasLabel(key, at) && (isAgain || requirements(key, term) === 1);
  }),
);

/** Up to 1.33 they did not (`ValidateMatchLabelKeysInTopologySpread`). */
const unselectedKeys = keysUnless((key, _, term) => requirements(key, term) > 0);

/** Whether the pod has a label, be it from its controller. */
function hasLabel(key: string, at: Place): boolean {
  const { metadata } = at.kind === "Pod" ? at.root : (at.closest("core.v1.PodTemplateSpec") ?? {});
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  return Object.hasOwn(labels, key) || ofController.get(key)?.includes(at.kind) === true;
}

/** Labels that a pod has from its controller alone, as far as keys of this sort name them. */
const ofController: ReadonlyMap<string, readonly string[]> = new Map([
  ["controller-revision-hash", ["DaemonSet", "StatefulSet"]],
  ["pod-template-hash", ["Deployment"]],
]);

const effects = oneOf("NoSchedule", "PreferNoSchedule", "NoExecute");

const equalTo: Check = (value, at) => {
  if (typeof value !== "string" || labelValue.fits(value)) return;
  at.invalid(`compares with ${at.show(value)}, which is not ${labelValue.is}`, labelValue.help);
};

/** `ValidateTolerations`. */
const toleration = onObject((object, at) => {
  const { key, operator, value: compared, effect, tolerationSeconds } = object;
  if (isUnset(key) && operator !== "Exists") {
    at.under("operator", () => at.invalid("must be Exists where key is empty", "Set operator: Exists, or name a key."));
  }
  if (typeof tolerationSeconds === "number" && effect !== "NoExecute") {
    at.under("effect", () => at.invalid("must be NoExecute where tolerationSeconds is set", "Set effect: NoExecute."));
  }
  // The API server says so at the operator.
  at.under("operator", () => {
    if (operator === "Exists" && !isUnset(compared)) at.invalid("is Exists, and yet value is set", "Remove value.");
    else if (isUnset(operator) || operator === "Equal") equalTo(compared, at);
  });
});

/** Of a node selector that must be met, the values are looked at too; of a preferred one, they are not. */
export const requiredNodes: Fields = {
  nodeSelectorTerms: each({ matchExpressions: each({ values: each(element(labelValue)) }) }),
};

/** Where a pod may run: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ */
export const scheduling: TypeDemands = {
  "core.v1.NodeSelector": rule("apply/scheduling", { nodeSelectorTerms: required }),
  "core.v1.NodeSelectorTerm": rule("apply/scheduling", {
    matchExpressions: each([nodeRequirement, { key: labelKey }]),
    matchFields: each(nodeField),
  }),
  "core.v1.NodeAffinity": rule("apply/scheduling", { requiredDuringSchedulingIgnoredDuringExecution: requiredNodes }),
  "core.v1.PreferredSchedulingTerm": rule("apply/scheduling", { weight: absentIsZero(range(1, 100)) }),
  "core.v1.WeightedPodAffinityTerm": rule("apply/scheduling", { weight: absentIsZero(range(1, 100)) }),
  "core.v1.PodAffinityTerm": rule("apply/scheduling", [
    { topologyKey: [required, labelKey], namespaces: each(element(dns1123Label)) },
    { matchLabelKeys: labelKeys, mismatchLabelKeys: labelKeys },
    distinctKeys,
    from("1.31", distinctInPods),
  ]),
  "core.v1.Toleration": rule("apply/scheduling", [
    toleration,
    {
      key: provided((key) => !isUnset(key), labelKey),
      // Lt and Gt are known from 1.35 on, and off (TaintTolerationComparisonOperators).
      operator: oneOf("Equal", "Exists"),
      effect: effects,
    },
  ]),
  // validateTopologySpreadConstraints
  "core.v1.TopologySpreadConstraint": rule("apply/scheduling", [
    {
      maxSkew: [required, positive],
      topologyKey: required,
      whenUnsatisfiable: [required, oneOf("DoNotSchedule", "ScheduleAnyway")],
      minDomains: [
        min(1),
        when(
          (constraint) => constraint.whenUnsatisfiable !== "DoNotSchedule",
          forbidden("unless whenUnsatisfiable is DoNotSchedule"),
        ),
      ],
      nodeAffinityPolicy: exactlyOneWordOf("Honor", "Ignore"),
      nodeTaintsPolicy: exactlyOneWordOf("Honor", "Ignore"),
      matchLabelKeys: labelKeys,
    },
    upTo("1.33", unselectedKeys),
    from("1.34", [distinctKeys, distinctInPods]),
  ]),
};

/** No two constraints speak of the same topology in the same way. */
export const distinctSpread: Check = uniqueAs(({ topologyKey, whenUnsatisfiable }) =>
  isUnset(topologyKey) ? undefined : `${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}`,
);
