import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../../core/json.ts";
import type { ObjectFact, RepositoryContext } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import { isLeft, neededVariablesIn } from "../../../core/variable.ts";
import { appliedBy, ownSyncs } from "./covered.ts";
import type { Sync } from "./sync.ts";
import { valueSources } from "./value-sources.ts";

/** A variable that a Kustomization replaces with nothing. */
export interface UnsetVariable {
  readonly sync: Sync;
  readonly name: string;
  /** What uses it. */
  readonly object: ObjectFact;
  /** The variables that have a value. */
  readonly known: readonly string[];
}

/** The variables of Kustomizations that take all of their values from the repository. */
export function* unsetVariables(repository: RepositoryContext): Generator<UnsetVariable> {
  for (const sync of ownSyncs(repository)) {
    const known = sync.by === "flux" ? namesOf(sync, repository) : undefined;
    // Without any value, Flux replaces nothing.
    if (known === undefined || known.length === 0) continue;
    const unset = new Map<string, UnsetVariable>();
    for (const object of appliedBy(sync, repository))
      for (const name of object.variables ?? [])
        if (!known.includes(name) && !unset.has(name)) unset.set(name, { sync, name, object, known });
    yield* unset.values();
  }
}

/** Undefined if some of them are only known in the cluster. */
function namesOf(sync: Sync, repository: RepositoryContext): string[] | undefined {
  const names = Object.keys(sync.variables);
  const postBuild = objectAt(objectAt(sync.resource.object, "spec"), "postBuild");
  for (const reference of listAt(postBuild, "substituteFrom")) {
    const keys = isObject(reference) ? keysOf(reference, sync, repository) : [];
    if (keys.length === 0) return undefined;
    names.push(...keys);
  }
  return names;
}

/** Several clusters may each have one of the same name; if the keys of one are not known, there are none. */
function keysOf(reference: JsonObject, sync: Sync, repository: RepositoryContext): readonly string[] {
  const found = valueSources(sync, reference, repository);
  const isKnown = found.every(({ keys, shared }) => keys !== undefined && !shared);
  return isKnown ? found.flatMap(({ keys = [] }) => keys) : [];
}

/** The variables without a default in the values of a resource that Flux does not leave as it is. */
export function variablesOf({ kind, object }: Resource): string[] {
  // The descriptions in a definition do not matter.
  if (isLeft(object) || kind === "CustomResourceDefinition") return [];
  const { metadata, ...rest } = object;
  const { name: _, namespace: __, ...others } = isObject(metadata) ? metadata : {};
  const names = new Set<string>();
  addVariables([others, rest], names);
  return [...names];
}

/** Nearly all values have none, so it allocates nothing for them. */
function addVariables(value: Json, names: Set<string>): void {
  if (typeof value === "string") {
    if (value.includes("${")) for (const name of neededVariablesIn(value)) names.add(name);
  } else if (Array.isArray(value)) for (const item of value) addVariables(item, names);
  else if (isObject(value)) for (const key in value) addVariables(value[key] ?? null, names);
}
