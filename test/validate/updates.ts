import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { updateProblems } from "../../tools/validate/update/index.ts";
import { type Compared, changed, isError, isWarning, type Verdicts } from "./agreement.ts";

export * from "./agreement.ts";

/**
 * Asks about recorded updates: the seed is there, and the changed manifest is applied over it. Refused is what is wrong
 * with the manifest itself, or with the update; the Pods of a workload are nobody's concern yet.
 */
export async function compareUpdates({ seeds, lines }: Verdicts, version = "1.36"): Promise<Compared[]> {
  const options = { versions: [version], schemas: await loadSchemas() };
  return lines.map((recorded) => {
    const seed = seeds[recorded.seed] as JsonObject;
    const after = resourceOf(changed(seed, recorded));
    const { problems } = validate(after, options);
    const ofUpdate = updateProblems(resourceOf(seed), after, options);
    const ofManifest = problems.filter(isError).filter(({ rule }) => rule !== "apply/pods-rejected");
    return {
      recorded,
      kind: after.kind,
      refused: recorded.verdict !== "accepted",
      problems: [...ofManifest, ...ofUpdate],
      warnings: problems.filter(isWarning),
    };
  });
}
