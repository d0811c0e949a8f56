import type { Problem } from "../core/finding.ts";
import type { Resource } from "../core/resource.ts";
import { asApplied } from "../core/sops.ts";
import { type ValidateOptions, validate } from "../validate/index.ts";
import { applyProblems } from "../validate/update/index.ts";

/** Rules whose findings are not rejections: the API server accepts the object, or its kind is unknown. */
const accepted = ["apply/warning", "api/deprecated", "apply/pods-rejected", "schema/unknown-kind"];

/** Why API servers reject a manifest: on creation if there is no object before it, otherwise on apply over that object. */
export function refusals(before: Resource | undefined, after: Resource, options: ValidateOptions): Problem[] {
  const next = asApplied(after);
  const problems =
    before === undefined ? validate(next, options).problems : applyProblems(asApplied(before), next, options);
  return problems.filter(({ rule, severity = "error" }) => !accepted.includes(rule) && severity === "error");
}
