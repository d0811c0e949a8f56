import { glob } from "../../core/glob.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { isBelow, ownSyncs, reaches } from "../lib/sync/covered.ts";
import { openPaths } from "../lib/sync/sync.ts";
import { type Unapplied, unappliedIn } from "../lib/sync/unapplied.ts";

/** Only for kustomizations with a synced sibling: examples and tests are not meant to be synced. */
export const unsyncedOverlay = definePolicy({
  id: "gitops/unsynced-overlay",
  severity: "warning",
  why: "An overlay that no Application and no Kustomization points to never reaches a cluster, however often it is changed, while those beside it do. https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#applications",
  fix: "Add an Application (or a folder in the ApplicationSet) or a Flux Kustomization for it, or remove it.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    // A target that did not render may hold an Application.
    if (!repository.whole || repository.targets.some(({ failed }) => failed)) return;
    const targets = repository.targets.filter(({ kind }) => kind === "kustomization");
    const synced = targets.filter((target) => isSynced(target, repository));
    const open = openPaths(repository).map((pattern) => glob(pattern));
    for (const target of targets) {
      const { name, path, file } = target;
      if (synced.includes(target) || target.syncs.length > 0 || open.some((pattern) => pattern.test(path))) continue;
      const other = synced.find((one) => isKin(one.path, path));
      const unapplied = unappliedIn(repository)(target);
      const because = other && `, while ${other.path} is synced`;
      const why = unapplied?.file === undefined ? because : `: ${unlisted(unapplied)}`;
      if (why === undefined) continue;
      yield {
        target: name,
        pointer: "",
        ...(file !== undefined && { file }),
        message: `nothing syncs ${path}${why}`,
        ...(unapplied?.file !== undefined && {
          help: `List ${unapplied.file} in a kustomization that is synced, or remove it.`,
        }),
      };
    }
  },
});

function isSynced({ path }: TargetFacts, repository: RepositoryContext): boolean {
  return ownSyncs(repository).some((sync) => {
    if (repository.placeAt(sync.path) === "kustomization") return sync.path === path;
    return sync.by === "flux"
      ? reaches(sync, path, [], repository)
      : sync.byPlugin === true && isBelow(sync.path, path);
  });
}

function unlisted({ name, file }: Unapplied): string {
  return `Kustomization ${name} would, but nothing lists its file ${file}`;
}

/** Whether two paths differ in one name: `overlays/dev` and `overlays/prod`, `apps/a/prod` and `apps/b/prod`. */
function isKin(one: string, other: string): boolean {
  const [a, b] = [one.split("/"), other.split("/")];
  return a.length > 1 && a.length === b.length && a.filter((part, index) => part !== b[index]).length === 1;
}
