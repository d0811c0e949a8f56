import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { ownSources } from "../lib/sync/covered.ts";
import { foundBy, type GitGenerator, gitGenerators } from "../lib/sync/generators.ts";
import { normal } from "../lib/sync/sync.ts";

/** The status of the ApplicationSet does not show this. */
export const generatorEmpty = definePolicy({
  id: "gitops/generator-empty",
  severity: "warning",
  why: "An ApplicationSet creates an Application for each folder or file that its git generator finds. If it finds none, it silently creates none and deletes those it created before. https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/",
  fix: "Correct the path: it is relative to the root of the repository, and * matches one path segment.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    for (const target of repository.targets) {
      for (const { resource } of target.syncs) {
        const spec = objectAt(resource.object, "spec");
        if (resource.kind !== "ApplicationSet" || spec === undefined) continue;
        for (const generator of gitGenerators(spec).filter((one) => isOwn(one, repository))) {
          for (const field of ["directories", "files"] as const) {
            const wanted = missedBy(generator, field, repository);
            if (wanted === undefined) continue;
            const what = field === "files" ? "no file" : "no folder";
            const message = `the git generator of ApplicationSet ${resource.name} finds ${what} that matches ${wanted}`;
            yield { target: target.name, resource, pointer: `${generator.pointer}/${field}`, message };
          }
        }
      }
    }
  },
});

function isOwn({ git }: GitGenerator, repository: RepositoryContext): boolean {
  const [url, revision] = [stringAt(git, "repoURL"), stringAt(git, "revision")];
  return url !== undefined && ownSources(repository)({ url, revision });
}

/** Characters that Argo CD and the gate interpret differently. */
const odd = /[[\]{}?\\$]/;

/** The patterns, if they should match something and do not. An existing folder may just be empty for now. */
function missedBy(
  { git }: GitGenerator,
  field: "directories" | "files",
  repository: RepositoryContext,
): string | undefined {
  const paths = listAt(git, field).flatMap((one) =>
    isObject(one) && one.exclude !== true ? [stringAt(one, "path") ?? ""] : [],
  );
  if (paths.length === 0 || paths.some((path) => path === "" || odd.test(path))) return undefined;
  const isForNow = (path: string) => {
    const [start = "", ...rest] = path.split(/\/(?=[^/]*\*)/);
    return rest.length === 1 && !rest[0]?.includes("/") && repository.placeAt(normal(start)) !== undefined;
  };
  return foundBy(git, field, repository)?.length === 0 && !paths.every(isForNow) ? paths.join(", ") : undefined;
}
