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
 * Checks that an operator is known and has the right number of values: at least one for `In` and `NotIn`, none for
 * `Exists` and `DoesNotExist`. Label selectors and node selectors share it.
 * @param further - more operators; each function returns what is wrong with a number of values.
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

/** A value of another type has been reported already. */
function isWord(value: Json | undefined): boolean {
  return typeof value === "string" || isUnset(value);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export const labelSelector: TypeDemands = {
  "meta.v1.LabelSelector": rule("apply/selector", { matchLabels: labels }),

  // ValidateLabelSelectorRequirement
  "meta.v1.LabelSelectorRequirement": rule("apply/selector", [
    operatorAndValues(),
    { key: labelKey, values: each(element(labelValue)) },
  ]),
};
