import type { Problem } from "../core/finding.ts";
import type { Resource } from "../core/resource.ts";
import { type ValidateOptions, validate } from "../validate/index.ts";
import { updateProblems } from "../validate/update/index.ts";

/** What an API server takes, however it comments on it; and what only says that nothing is known of the kind. */
const taken = ["apply/warning", "api/deprecated", "apply/pods-rejected", "schema/unknown-kind"];

/** What API servers refuse of a manifest: of itself, and of its change over what is there. */
export function refusals(before: Resource | undefined, after: Resource, options: ValidateOptions): Problem[] {
  const { problems } = validate(after, options);
  const own = problems.filter(({ rule, severity }) => !taken.includes(rule) && (severity ?? "error") === "error");
  return [...own, ...(before === undefined ? [] : updateProblems(before, after, options))];
}
