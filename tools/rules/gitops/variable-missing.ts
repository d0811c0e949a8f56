import { distinctBy, groupBy } from "../../core/group.ts";
import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { didYouMean, isNear } from "../../core/nearest.ts";
import type { ObjectFact, RepositoryContext } from "../../core/repository.ts";
import { hasVariable, substituted, variablesIn } from "../../core/variable.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { appliedBy, ownSyncs } from "../lib/sync/covered.ts";
import type { Sync } from "../lib/sync/sync.ts";
import { type UnsetVariable, unsetVariables } from "../lib/sync/variables.ts";

/** Only for a Kustomization that takes all of its variables from the repository; names, if it sets all of them itself. */
export const variableMissing = definePolicy({
  id: "gitops/variable-missing",
  severity: "error",
  why: "Flux 2.9 and later apply nothing of a Kustomization if a variable has neither a value nor a default. Before, they replaced it with nothing: the API server rejects an object whose name becomes invalid, and elsewhere a program gets an empty value. https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution https://github.com/fluxcd/kustomize-controller/blob/main/CHANGELOG.md#190",
  fix: "Add the variable to spec.postBuild.substitute or to the ConfigMap that substituteFrom names, correct its name, give it a default with :=, or escape it with $$.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    if (isOpen(repository)) return;
    for (const { sync, names, what } of distinctBy(missingIn(repository), placeOf)) {
      const { target, resource, name } = sync;
      const message = `Kustomization ${name} has no value for ${names.join(", ")}: ${what}`;
      yield { target: target.name, resource, pointer: "/spec/postBuild/substitute", message };
    }
    yield* inValues(repository);
  },
});

/** One finding for each misspelt variable, and one for all others of a Kustomization: a script may have many of its own. */
function* inValues(repository: RepositoryContext): Generator<RepositoryViolation> {
  const unset = [...distinctBy(unsetVariables(repository), ({ sync, name }) => placeOf({ sync, names: [name] }))];
  const misspelt = unset.filter(isMisspelt);
  const others = unset.filter((one) => !misspelt.includes(one));
  for (const one of misspelt) yield unsetIn([one], didYouMean(one.name, one.known));
  for (const some of groupBy(others, ({ sync }) => placeOf({ sync, names: [] })).values()) yield unsetIn(some, "");
}

function isMisspelt({ name, known, object }: UnsetVariable): boolean {
  const isFile = ["ConfigMap", "Secret"].includes(object.kind);
  return !isFile && name.length > 4 && known.some((one) => isNear(name, one, 2));
}

function unsetIn(unset: readonly UnsetVariable[], near: string): RepositoryViolation {
  const [first] = unset as [UnsetVariable];
  const { target, resource, name } = first.sync;
  const names = unset.slice(0, 3).map((one) => one.name);
  const more = unset.length > names.length ? ` and ${unset.length - names.length} more` : "";
  const object = `${first.object.kind} ${first.object.name}`;
  const uses = unset.length > 1 ? `${object} uses the first of them` : `${object} uses it`;
  const message = `Kustomization ${name} has no value for ${names.join(", ")}${more}: ${uses}${near}`;
  return { target: target.name, resource, pointer: "/spec/postBuild", message };
}

/** Variables without a value, and what becomes wrong without them. */
interface Lack {
  readonly sync: Sync;
  readonly names: readonly string[];
  readonly what: string;
}

function* missingIn(repository: RepositoryContext): Generator<Lack> {
  for (const sync of ownSyncs(repository).filter(setsAll)) {
    for (const object of appliedBy(sync, repository)) {
      const wrong = wrongWith(object, sync);
      if (wrong !== undefined) yield { sync, ...wrong };
    }
  }
}

function placeOf({ sync, names }: Pick<Lack, "sync" | "names">): string {
  return JSON.stringify([sync.target.name, sync.resource.namespace, sync.name, names]);
}

/** Whether values may come from elsewhere: a patch of a parent Kustomization, or a target that did not render. */
function isOpen({ targets, whole }: RepositoryContext): boolean {
  const patches = (spec: JsonObject | undefined) => listAt(spec, "patches").filter(isObject);
  return (
    !whole ||
    targets.some(({ failed }) => failed) ||
    targets.some(({ syncs }) =>
      syncs.some(({ resource: { kind, object } }) =>
        patches(kind === "Kustomization" ? objectAt(object, "spec") : undefined).some(({ patch }) =>
          /postBuild|substitute/.test(String(patch)),
        ),
      ),
    )
  );
}

function setsAll({ by, resource, rename }: Sync): boolean {
  const postBuild = objectAt(objectAt(resource.object, "spec"), "postBuild");
  const values = Object.values(objectAt(postBuild, "substitute") ?? {});
  const isWhole = values.length > 0 && listAt(postBuild, "substituteFrom").length === 0;
  // Values may hold variables of the parent Kustomization, and a prefix or suffix changes names.
  const isPlain = !values.some((value) => hasVariable(String(value))) && rename.prefix + rename.suffix === "";
  return by === "flux" && isWhole && isPlain;
}

function wrongWith(
  { group, kind, name, namespace = "default" }: ObjectFact,
  { variables, rename }: Sync,
): { readonly names: string[]; readonly what: string } | undefined {
  for (const [text, what] of [
    [name, `${kind} ${name}`],
    [rename.namespace ?? namespace, `namespace ${namespace} of ${kind} ${name}`],
  ] as const) {
    const left = substituted(text, variables);
    if (!hasVariable(left)) continue;
    const names = [...new Set(variablesIn(left))];
    // RBAC objects may have any name.
    const made = names.reduce((rest, one) => rest.replaceAll(`\${${one}}`, ""), left);
    const isName = group.startsWith("rbac.") ? made !== "" : /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/i.test(made);
    if (hasVariable(made) || isName) continue;
    const near = didYouMean(names[0] ?? "", Object.keys(variables));
    return { names, what: `${what} would ${made === "" ? "have no name" : `be named ${made}`}${near}` };
  }
  return undefined;
}
