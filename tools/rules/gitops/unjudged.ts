import { groupBy } from "../../core/group.ts";
import { isObject } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { answers } from "../lib/sync/answers.ts";
import { wordsOf } from "../lib/sync/controllers.ts";
import { ownSyncs } from "../lib/sync/covered.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** What of a repository passes without a word of the gate: said, so that green is not taken for more than it is. */
export const unjudged = definePolicy({
  id: "gitops/unjudged",
  severity: "info",
  why: "The gate judges what kustomize renders. What a Kustomization of Flux or an Application of Argo CD adds to that itself (components, patches, values for variables) reaches the cluster unseen. https://fluxcd.io/flux/components/kustomize/kustomizations/#components https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/",
  fix: "Write it into the kustomization at its path, or judge what the controller renders: flux build kustomization NAME --dry-run, or argocd app manifests NAME, into gitops check -.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const syncs = ownSyncs(repository).filter(({ path }) => repository.placeAt(path) === "kustomization");
    const added = groupBy(syncs.flatMap(additionsOf), ({ field }) => field);
    for (const [field, all] of added) {
      const [first] = all;
      if (first === undefined) continue;
      const others = new Set(all.map(({ sync }) => sync.resource)).size - 1;
      const whose = `${wordsOf(first.sync)}${others > 0 ? ` and ${others} more` : ""}`;
      const message = `${field} of ${whose} ${others > 0 ? "are" : "is"} not rendered: what is added there is not judged`;
      yield { target: first.sync.target.name, resource: first.sync.resource, pointer: first.pointer, message };
    }
    yield* variables(repository);
  },
});

interface Addition {
  readonly sync: Sync;
  /** As messages call it. */
  readonly field: string;
  readonly pointer: string;
}

function additionsOf(sync: Sync): Addition[] {
  const above = sync.by === "flux" ? "/spec" : `${sync.pointer.replace(/\/path$/, "")}/kustomize`;
  const spec = at(sync.resource.object, above);
  if (!isObject(spec)) return [];
  return ["components", "patches"]
    .filter((field) => Array.isArray(spec[field]) && spec[field].length > 0)
    .map((field) => ({
      sync,
      field: sync.by === "flux" ? `spec.${field}` : `kustomize.${field}`,
      pointer: `${above}/${field}`,
    }));
}

/** One word for all values of a repository. */
function* variables(repository: RepositoryContext): Generator<RepositoryViolation> {
  const all = answers(repository).filter(({ isVariable }) => isVariable);
  const [first] = all;
  const found = repository.targets.find(({ name }) => name === first?.target);
  const sync = ownSyncs(repository).find((one) => one.by === "flux" && one.path === found?.path);
  if (first === undefined || sync === undefined) return;
  const what =
    all.length > 1
      ? `${all.length} values with variables, as in ${first.resource}, are`
      : `a value with a variable, in ${first.resource}, is`;
  const message = `${what} not judged: what ${wordsOf(sync)} puts in may be known to the cluster alone`;
  yield { target: sync.target.name, resource: sync.resource, pointer: "/spec", message };
}
