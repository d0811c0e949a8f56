import { distinctBy, groupBy } from "../../core/group.ts";
import { isObject, listAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import { at } from "../../core/pointer.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { additionsIn, placeOfAdditions, rendersWith } from "../lib/sync/additions.ts";
import { covers } from "../lib/sync/applied-objects.ts";
import { wordsOf } from "../lib/sync/control-planes.ts";
import { isBuilt, ownSyncs } from "../lib/sync/covered.ts";
import { resolvedFindings } from "../lib/sync/resolved.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** Reports what the gate does not judge, so that green is not taken for more than it is. */
export const unjudged = definePolicy({
  id: "gitops/unjudged",
  severity: "info",
  why: "Values of variables that only the cluster knows, what Flux or Argo CD adds to manifests that the gate cannot render with it, and folders that are not among the targets reach the cluster unchecked. https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/",
  fix: "Set the values in postBuild.substitute or in a ConfigMap of this repository, and additions in a kustomization; or check what the controller renders: pipe flux build kustomization NAME --dry-run, or argocd app manifests NAME, into gitops check -.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    yield* folders(repository);
    yield* additions(repository);
    yield* variables(repository);
  },
});

/** Folders that something applies, but that are only the base of targets: one finding for all of them. */
function* folders(repository: RepositoryContext): Generator<RepositoryViolation> {
  if (!repository.whole) return;
  const targets = new Set(repository.targets.map(({ path }) => path));
  const isLeftOut = (sync: Sync) => !sync.byPlugin && !targets.has(sync.path) && isBuilt(sync, repository);
  const all = [...distinctBy(ownSyncs(repository).filter(isLeftOut), ({ path }) => path)];
  const [first] = all;
  if (first === undefined) return;
  const { path, resource, pointer, target } = first;
  const names = listed(all.map((one) => one.path));
  const message =
    all.length === 1
      ? `${wordsOf(first)} applies ${path}, which is not among the targets, so what it applies is not judged`
      : `${all.length} folders that are applied are not among the targets, so what is applied is not judged: ${names}`;
  const help = `In gitops.yaml, add to targets: ${names}. If it names no targets, add "." as well.`;
  yield { target: target.name, resource, pointer, message, help };
}

/** One finding for each field. */
function* additions(repository: RepositoryContext): Generator<RepositoryViolation> {
  const syncs = ownSyncs(repository).filter((sync) => !isRendered(sync, repository));
  const found = syncs.flatMap((sync) => {
    const spec = at(sync.resource.object, placeOfAdditions(sync));
    const fields = ["components", "patches"].filter((field) => isObject(spec) && listAt(spec, field).length > 0);
    return fields.map((field) => ({ sync, field }));
  });
  for (const [field, all] of groupBy(found, (one) => one.field)) {
    const [{ sync }, ...others] = all as [(typeof all)[0], ...typeof all];
    const more = new Set(others.map((one) => one.sync.resource)).size;
    const whose = `${wordsOf(sync)}${more > 0 ? ` and ${more} more` : ""}`;
    const message = `${field} of ${whose} ${more > 0 ? "are" : "is"} not rendered, so what is added there is not judged`;
    const pointer = `${placeOfAdditions(sync)}/${field}`;
    yield { target: sync.target.name, resource: sync.resource, pointer, message };
  }
}

/** Whether the gate renders what a sync adds. */
function isRendered(sync: Sync, repository: RepositoryContext): boolean {
  const added = additionsIn(repository).get(sync);
  if (added === undefined) return true;
  const targets = repository.targets.filter((target) => covers(sync, target, repository));
  return targets.every((target) => target.failed || rendersWith(target, sync, added, repository));
}

/** One finding for all values of the repository. */
function* variables(repository: RepositoryContext): Generator<RepositoryViolation> {
  const syncs = ownSyncs(repository).filter(({ by }) => by === "flux");
  const all = resolvedFindings(repository).flatMap(({ target, resource, variables: names }) => {
    const found = names && repository.targets.find(({ name }) => name === target);
    const unknown = found && syncs.find((one) => covers(one, found, repository) && !knows(one, names, repository));
    return unknown === undefined ? [] : [{ resource, sync: unknown }];
  });
  const [first] = all;
  if (first === undefined) return;
  const { sync, resource } = first;
  const what =
    all.length > 1
      ? `${all.length} values with variables, for example in ${resource}, are`
      : `a value with a variable, in ${resource}, is`;
  const message = `${what} not judged: only the cluster may know what ${wordsOf(sync)} substitutes`;
  yield { target: sync.target.name, resource: sync.resource, pointer: "/spec", message };
}

function knows(sync: Sync, names: readonly string[], repository: RepositoryContext): boolean {
  const { variables } = additionsIn(repository).get(sync) ?? {};
  return variables !== undefined && names.every((name) => Object.hasOwn(variables, name));
}
