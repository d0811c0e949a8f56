import type { JsonObject } from "../../tools/core/json.ts";
import { type Resource, resourceOf, type Target } from "../../tools/core/resource.ts";
import { draftsOf } from "../../tools/diff/changes.ts";
import { restarts } from "../../tools/diff/draft.ts";
import { loadSchemas, type ValidateOptions, validate } from "../../tools/validate/index.ts";
import { applyProblems } from "../../tools/validate/update/index.ts";
import { type Compared, isWarning, manifestOf, type Verdicts } from "./agreement.ts";

export * from "./agreement.ts";

/**
 * Judges an update: the second manifest applied over the first. Errors that only affect the Pods of a workload are left out.
 */
export function judgeUpdate(before: JsonObject, after: JsonObject, options: ValidateOptions) {
  const [was, is] = [resourceOf(before), resourceOf(after)];
  const problems = applyProblems(was, is, options);
  const warnings = validate(is, options).problems.filter(isWarning);
  return { problems, warnings, outcome: outcomeOf(was, is, problems.length > 0, options) };
}

/** The outcome of an update, in one word. */
export type Outcome = "refused" | "unchanged" | "changed" | "restarts";

/** Kinds whose pods are replaced when their template changes. */
const rolling = ["Deployment", "StatefulSet", "DaemonSet"];

const target: Target = { path: ".", kind: "manifests" };

function outcomeOf(before: Resource, after: Resource, isRefused: boolean, options: ValidateOptions): Outcome {
  if (isRefused) return "refused";
  const drafts = draftsOf({ target, resources: [before] }, { target, resources: [after] }, options);
  if (drafts.length === 0) return "unchanged";
  return rolling.includes(after.kind) && drafts.some(restarts) ? "restarts" : "changed";
}

/** Judges recorded updates for one version. */
export async function compareUpdates({ seeds, lines }: Verdicts, version = "1.36"): Promise<Compared[]> {
  const options = { versions: [version], schemas: await loadSchemas() };
  return lines.map((recorded) => {
    const after = manifestOf(seeds, recorded);
    const { problems, warnings } = judgeUpdate(seeds[recorded.seed] as JsonObject, after, options);
    return { recorded, kind: String(after.kind), refused: recorded.verdict !== "accepted", problems, warnings };
  });
}
