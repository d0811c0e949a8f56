import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { faultIn } from "../../vocabulary/promql.ts";
import { valuesAt } from "../lib/places.ts";

/** `rulefmt` of Prometheus: the operator refuses the whole resource, and none of its rules is loaded. */
export const expression = definePolicy({
  id: "link/expression",
  severity: "error",
  why: "Prometheus cannot load a rule whose expression it cannot parse. The operator then ignores the PrometheusRule, with all its alerts. https://prometheus-operator.dev/docs/developer/alerting/",
  fix: "Correct the expression; promtool check rules shows the same.",
  match: { apiVersion: "monitoring.coreos.com/*", kind: "PrometheusRule" },
  *check({ object, name }): Generator<Violation> {
    for (const { value, pointer } of valuesAt(object, "spec/groups/*/rules/*/expr")) {
      if (typeof value !== "string" || hasVariable(value) || value.includes("{{")) continue;
      const fault = faultIn(value);
      if (fault === undefined) continue;
      const { message, offset, help } = fault;
      yield {
        pointer,
        offset,
        message: `an expression of PrometheusRule ${name} is not valid: ${message}`,
        ...(help && { help }),
      };
    }
  },
});
