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
  count === 1 ? undefined : "with exactly one element for the operators Lt and Gt";

/** `ValidateNodeSelectorRequirement`. */
const nodeRequirement: Check = (value, at) => operatorAndValues({ Gt: oneNumber, Lt: oneNumber })(value, at);

/** A field selector of a node supports only metadata.name with one value (`ValidateNodeFieldSelectorRequirement`). */
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

/** Label keys whose values come from the pod itself (`ValidateMatchLabelKeysAndMismatchLabelKeys`). */
const labelKeys: Check = (value, at) => {
  if (!Array.isArray(value) || value.length === 0) return;
  const selector = at.parent.labelSelector;
  if (!isObject(selector)) at.forbidden("without labelSelector", "Add a labelSelector or remove this field.");
  else each(labelKey)(value, at);
};

/** The number of requirements that a term's selector has for a label. */
function requirements(key: string, { labelSelector }: JsonObject): number {
  const { matchLabels, matchExpressions } = isObject(labelSelector) ? labelSelector : {};
  const labels = isObject(matchLabels) && Object.hasOwn(matchLabels, key) ? 1 : 0;
  return labels + objectsIn(matchExpressions).filter((expression) => expression.key === key).length;
}

/** Rejects the keys in matchLabelKeys for which `isRefused` holds. */
function keysUnless(isRefused: (key: string, index: number, term: JsonObject, at: Place) => boolean): Check {
  return onObject((term, at) => {
    stringsIn(term.matchLabelKeys).forEach((key, index) => {
      const refuse = () =>
        at.invalid(`is ${at.show(key)}, which is selected elsewhere as well`, "Name the key in only one place.");
      if (isRefused(key, index, term, at)) at.beneath(["matchLabelKeys", index], refuse);
    });
  });
}

/** A key must not be in both lists, nor more than once in the selector. */
const distinctKeys = keysUnless(
  (key, _, term) => stringsIn(term.mismatchLabelKeys).includes(key) || requirements(key, term) > 1,
);

/** For a Pod, the API server first adds the labels of the keys to the selector (`applyLabelKeysToLabelSelector`). */
const distinctInPods = ofPods(
  keysUnless((key, index, term, at) => {
    const isAgain = stringsIn(term.matchLabelKeys).indexOf(key) < index;
    return isObject(term.labelSelector) && hasLabel(key, at) && (isAgain || requirements(key, term) === 1);
  }),
);

/** Up to 1.33, a key must not be in the selector at all (`ValidateMatchLabelKeysInTopologySpread`). */
const unselectedKeys = keysUnless((key, _, term) => requirements(key, term) > 0);

/** Whether the pod has a label of its own or from its controller. */
function hasLabel(key: string, at: Place): boolean {
  const { metadata } = at.kind === "Pod" ? at.root : (at.closest("core.v1.PodTemplateSpec") ?? {});
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  return Object.hasOwn(labels, key) || ofController.get(key)?.includes(at.kind) === true;
}

/** Labels that only a controller adds, and the kinds that do; only those that matchLabelKeys commonly names. */
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
    at.under("operator", () => at.invalid("must be Exists when key is empty", "Set operator: Exists or add a key."));
  }
  if (typeof tolerationSeconds === "number" && effect !== "NoExecute") {
    at.under("effect", () => at.invalid("must be NoExecute when tolerationSeconds is set", "Set effect: NoExecute."));
  }
  // The API server reports the value at the operator.
  at.under("operator", () => {
    if (operator === "Exists" && !isUnset(compared)) at.invalid("is Exists, but value is set", "Remove value.");
    else if (isUnset(operator) || operator === "Equal") equalTo(compared, at);
  });
});

/** The values of a required node selector are validated, unlike those of a preferred one. */
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
      // Lt and Gt exist from 1.35 on, but are off by default (TaintTolerationComparisonOperators).
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

/** Constraints must differ in topologyKey or whenUnsatisfiable. */
export const distinctSpread: Check = uniqueAs(({ topologyKey, whenUnsatisfiable }) =>
  isUnset(topologyKey) ? undefined : `${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}`,
);
