import { isObject } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import type { Fault } from "../../vocabulary/fault.ts";
import { templateFault } from "../../vocabulary/go-template.ts";
import { faultIn } from "../../vocabulary/promql.ts";
import { valuesAt } from "../lib/places.ts";

/** `rulefmt` of Prometheus: the operator refuses the whole resource, and none of its rules is loaded. */
export const expression = definePolicy({
  id: "link/expression",
  severity: "error",
  why: "Prometheus cannot load a rule whose expression or template it cannot parse. The operator then ignores the PrometheusRule, with all its alerts. https://prometheus-operator.dev/docs/developer/alerting/",
  fix: "Correct the expression; promtool check rules shows the same.",
  match: { apiVersion: "monitoring.coreos.com/*", kind: "PrometheusRule" },
  *check({ object, name }): Generator<Violation> {
    const of = (path: string) => valuesAt(object, `spec/groups/*/rules/*/${path}`);
    for (const { value, pointer } of of("expr")) {
      if (typeof value !== "string" || hasVariable(value) || value.includes("{{")) continue;
      yield* violation(faultIn(value), `an expression of PrometheusRule ${name}`, pointer);
    }
    for (const { value, pointer } of [...of("annotations"), ...of("labels")]) {
      for (const [key, text] of Object.entries(isObject(value) ? value : {})) {
        if (typeof text !== "string" || hasVariable(text)) continue;
        yield* violation(
          templateFault(text, functions.split(" ")),
          `${key} in PrometheusRule ${name}`,
          join(pointer, key),
        );
      }
    }
  },
});

/** https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#functions */
const functions =
  "args externalURL first graphLink humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp label match now " +
  "parseDuration pathPrefix query reReplaceAll safeHtml sortByLabel stripDomain stripPort strvalue tableLink title tmpl " +
  "toDuration toLower toTime toUpper urlQueryEscape value";

function* violation(fault: Fault | undefined, what: string, pointer: string): Generator<Violation> {
  if (fault === undefined) return;
  const { message, offset, help, isUnsure } = fault;
  yield {
    pointer,
    offset,
    message: `${what} is not valid: ${message}`,
    ...(help && { help }),
    ...(isUnsure && { severity: "warning" }),
  };
}
