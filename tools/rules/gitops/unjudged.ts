import { groupBy } from "../../core/group.ts";
import { isObject } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { wordsOf } from "../lib/sync/control-planes.ts";
import { ownSyncs } from "../lib/sync/covered.ts";
import { resolvedFindings } from "../lib/sync/resolved.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** Reports what the gate does not judge, so that green is not taken for more than it is. */
export const unjudged = definePolicy({
  id: "gitops/unjudged",
  severity: "info",
  why: "The gate judges what kustomize renders. What a Flux Kustomization or an Argo CD Application adds to that (components, patches, values for variables) reaches the cluster unchecked. https://fluxcd.io/flux/components/kustomize/kustomizations/#components https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/",
  fix: "Move it into the kustomization at its path, or check what the controller renders: pipe flux build kustomization NAME --dry-run, or argocd app manifests NAME, into gitops check -.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const syncs = ownSyncs(repository).filter(({ path }) => repository.placeAt(path) === "kustomization");
    const added = groupBy(syncs.flatMap(additionsOf), ({ field }) => field);
    for (const [field, all] of added) {
      const [first] = all;
      if (first === undefined) continue;
      const others = new Set(all.map(({ sync }) => sync.resource)).size - 1;
      const whose = `${wordsOf(first.sync)}${others > 0 ? ` and ${others} more` : ""}`;
      const message = `${field} of ${whose} ${others > 0 ? "are" : "is"} not rendered, so what is added there is not judged`;
      yield { target: first.sync.target.name, resource: first.sync.resource, pointer: first.pointer, message };
    }
    yield* variables(repository);
  },
});

interface Addition {
  readonly sync: Sync;
  /** Its path, as shown in messages. */
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

/** One finding for all values of the repository. */
function* variables(repository: RepositoryContext): Generator<RepositoryViolation> {
  const all = resolvedFindings(repository).filter(({ isVariable }) => isVariable);
  const [first] = all;
  const found = repository.targets.find(({ name }) => name === first?.target);
  const sync = ownSyncs(repository).find((one) => one.by === "flux" && one.path === found?.path);
  if (first === undefined || sync === undefined) return;
  const what =
    all.length > 1
      ? `${all.length} values with variables, for example in ${first.resource}, are`
      : `a value with a variable, in ${first.resource}, is`;
  const message = `${what} not judged: only the cluster may know what ${wordsOf(sync)} substitutes`;
  yield { target: sync.target.name, resource: sync.resource, pointer: "/spec", message };
}
