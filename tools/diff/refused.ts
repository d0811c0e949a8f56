import type { Problem } from "../core/finding.ts";
import type { Resource } from "../core/resource.ts";
import { asApplied } from "../core/sops.ts";
import { type ValidateOptions, validate } from "../validate/index.ts";
import { applyProblems } from "../validate/update/index.ts";

/** What an API server takes, however it comments on it; and what only says that nothing is known of the kind. */
const taken = ["apply/warning", "api/deprecated", "apply/pods-rejected", "schema/unknown-kind"];

/** What API servers refuse of a manifest: where nothing is there yet, of itself; else of applying it over what is there. */
export function refusals(before: Resource | undefined, after: Resource, options: ValidateOptions): Problem[] {
  const next = asApplied(after);
  const problems =
    before === undefined ? validate(next, options).problems : applyProblems(asApplied(before), next, options);
  return problems.filter(({ rule, severity = "error" }) => !taken.includes(rule) && severity === "error");
}
