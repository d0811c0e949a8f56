import type { Problem } from "../core/finding.ts";
import type { Resource } from "../core/resource.ts";
import { asApplied } from "../validate/decrypted.ts";
import { type ValidateOptions, validate } from "../validate/index.ts";
import { applyProblems } from "../validate/update/index.ts";

/** Rules whose findings are not rejections: the API server accepts the object, or its kind is unknown. */
const accepted = ["apply/warning", "api/deprecated", "apply/pods-rejected", "schema/unknown-kind"];

/** Why API servers reject a manifest: on creation if there is no object before it, otherwise on apply over that object. */
export function refusals(before: Resource | undefined, after: Resource, options: ValidateOptions): Problem[] {
  const applied = (one: Resource) => asApplied(one, options.schemas);
  const problems =
    before === undefined
      ? validate(applied(after), options).problems
      : applyProblems(applied(before), applied(after), options);
  return problems.filter(({ rule, severity = "error" }) => !accepted.includes(rule) && severity === "error");
}
