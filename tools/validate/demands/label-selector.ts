import type { Json } from "../../core/json.ts";
import { each, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { labelValue } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { element } from "../../vocabulary/text.ts";
import { labelKey, labels } from "./metadata.ts";

const setOperators = ["In", "NotIn"];
const keyOperators = ["Exists", "DoesNotExist"];

/**
 * How many values an operator takes: `In` and `NotIn` some, `Exists` and `DoesNotExist` none; further ones as given.
 * Shared by the selectors of labels, of nodes and of resource quotas.
 */
export function operatorAndValues(
  further: Readonly<Record<string, (count: number) => string | undefined>> = {},
): Check {
  const known = [...setOperators, ...keyOperators, ...Object.keys(further)];
  return onObject((requirement, at) => {
    const operator = requirement.operator;
    const count = Array.isArray(requirement.values) ? requirement.values.length : 0;
    if (typeof operator !== "string" || !known.includes(operator)) {
      if (isWord(operator)) at.under("operator", () => at.notSupported(operator ?? "", known));
      return;
    }
    const wrong = further[operator]?.(count);
    at.under("values", () => {
      if (setOperators.includes(operator) && count === 0) at.required(`with the operator ${operator}`);
      else if (keyOperators.includes(operator) && count > 0) at.forbidden(`with the operator ${operator}`);
      else if (wrong !== undefined) at.required(wrong);
    });
  });
}

/** Of another type, it has been reported already. */
function isWord(value: Json | undefined): boolean {
  return typeof value === "string" || isUnset(value);
}

export const labelSelector: TypeDemands = {
  "meta.v1.LabelSelector": rule("apply/selector", { matchLabels: labels }),

  // ValidateLabelSelectorRequirement
  "meta.v1.LabelSelectorRequirement": rule("apply/selector", [
    operatorAndValues(),
    { key: labelKey, values: each(element(labelValue)) },
  ]),
};
