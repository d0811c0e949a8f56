import { isObject } from "../../core/json.ts";
import { checkOf, each, from, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { stringsIn, uniqueAs } from "../../vocabulary/lists.ts";
import { labelValue } from "../../vocabulary/names.ts";
import { positive } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { element, format, oneOf, textOf } from "../../vocabulary/text.ts";
import { addressRange, canonicalRange } from "./address.ts";
import { labelKey } from "./metadata.ts";
import { quotaAmount } from "./quota.ts";

/** The amounts of a node's resources (`ValidateNodeResources`). */
const amounts: Check = (value, at) => {
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) at.under(name, () => quotaAmount(name, value[name], at));
};

/**
 * The ranges of the pods' addresses: at most one per IP family. If the two fields contradict each other, only the old
 * one counts, as a list of one range (`Convert_v1_NodeSpec_To_core_NodeSpec`).
 */
const podRanges = onObject(({ podCIDR, podCIDRs }, at) => {
  const ranges = stringsIn(podCIDRs);
  if (!isUnset(podCIDR) && podCIDR !== ranges[0]) {
    at.under("podCIDR", () => range(podCIDR, at));
    return;
  }
  at.under("podCIDRs", () => {
    each(range)(podCIDRs ?? undefined, at);
    const isDual = ranges.length === 2 && ranges[0]?.includes(":") !== ranges[1]?.includes(":");
    if (ranges.length > 1 && !isDual)
      at.invalid("has two ranges of the same IP family", "Keep one IPv4 range and one IPv6 range.");
  });
});

const range = checkOf([addressRange, canonicalRange]);

const featureName = format(
  "the name of a node feature",
  "Use a name such as MyFeature or MyFeature/part.",
  (text) => text.length <= 253 && /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/.test(text),
);

/** Sorted and without duplicates. */
const sorted: Check = (value, at) => {
  const names = Array.isArray(value) ? value.map(textOf) : [];
  names.forEach((name, index) => {
    const before = names[index - 1];
    if (before === undefined || before < name) return;
    at.under(index, () => {
      if (before === name) at.duplicate(name);
      else at.invalid(`is ${at.show(name)}, listed after ${at.show(before)}`, "Sort the list.");
    });
  });
};

/** https://kubernetes.io/docs/concepts/architecture/nodes/ (`ValidateNode`) */
export const node: TypeDemands = {
  "core.v1.NodeSpec": [
    rule("apply/cidr", podRanges),
    {
      externalID: (value, at) => {
        if (!isUnset(value)) at.warn("is deprecated and unused", "Remove it.");
      },
      taints: rule(
        "apply/scheduling",
        uniqueAs(({ key, effect }) => `${textOf(key)}:${textOf(effect)}`),
      ),
    },
  ],
  "core.v1.Taint": rule("apply/scheduling", {
    key: labelKey,
    value: labelValue,
    effect: [required, oneOf("NoSchedule", "PreferNoSchedule", "NoExecute")],
  }),
  "core.v1.NodeStatus": {
    capacity: rule("apply/quantity", amounts),
    allocatable: rule("apply/quantity", amounts),
    declaredFeatures: from("1.36", [each(element(featureName)), sorted]),
  },
  "core.v1.NodeSwapStatus": { capacity: positive },
};
