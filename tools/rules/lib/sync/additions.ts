import type { Additions } from "../../../core/additions.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, own, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import { at } from "../../../core/pointer.ts";
import type { RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { hasVariable } from "../../../core/variable.ts";
import { wordsOf } from "./control-planes.ts";
import { ownSyncs } from "./covered.ts";
import { normal, type Sync } from "./sync.ts";
import { valueSources } from "./value-sources.ts";

/** What the syncs of this repository add to the targets that they apply, if that changes more than names and labels. */
export const additionsIn = once((repository: RepositoryContext): ReadonlyMap<Sync, Additions> => {
  const all = ownSyncs(repository).map((sync) => [sync, additionsOf(sync, repository)] as const);
  return new Map(all.filter(([, additions]) => isSubstantial(additions)));
});

/** Fields that change what is judged. Names, namespaces, labels and annotations alone need no other rendering. */
const substantial = ["patches", "components", "images", "replicas"];

function isSubstantial({ kustomization, variables }: Additions): boolean {
  return variables !== undefined || substantial.some((field) => kustomization[field] !== undefined);
}

/** All that a sync adds to the targets that it applies. */
export function additionsOf(sync: Sync, repository: RepositoryContext): Additions {
  const found = at(sync.resource.object, placeOfAdditions(sync));
  const above = isObject(found) ? found : {};
  const kustomization = sync.by === "flux" ? ofFlux(above, sync, repository) : ofArgo(above);
  const metadata = objectAt(above, "commonMetadata");
  const variables = sync.by === "flux" ? valuesOf(sync, repository) : undefined;
  return { by: wordsOf(sync), kustomization, ...(metadata && { metadata }), ...(variables && { variables }) };
}

/**
 * Whether the gate renders a target with the additions of a sync. Components are relative to the path of the sync; Argo CD
 * ignores the settings of kustomize in folders of plain manifests.
 */
export function rendersWith(
  target: TargetFacts,
  sync: Sync,
  additions: Additions | undefined,
  repository: RepositoryContext,
): boolean {
  if (additions === undefined) return false;
  const components = listAt(additions.kustomization, "components");
  const isHere = (component: Json) => repository.placeAt(normal(`${sync.path}/${component}`)) === "component";
  if (components.length > 0 && (target.path !== sync.path || !components.every(isHere))) return false;
  return target.kind === "kustomization" || (sync.by === "flux" && components.length === 0);
}

/** Points to what holds the additions in the resource of a sync. */
export function placeOfAdditions({ by, pointer }: Sync): string {
  return by === "flux" ? "/spec" : `${pointer.replace(/\/path$/, "")}/kustomize`;
}

/** The values that are there: empty lists and strings change nothing. */
function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const isThere = ([, value]: [string, Json | undefined]) => Object.keys(value ?? {}).length > 0;
  return Object.fromEntries(Object.entries(fields).filter(isThere)) as JsonObject;
}

/** `Generator.WriteFile` in github.com/fluxcd/pkg/kustomize */
function ofFlux(spec: JsonObject, { path }: Sync, repository: RepositoryContext): JsonObject {
  const isThere = (component: Json) =>
    spec.ignoreMissingComponents !== true || repository.placeAt(normal(`${path}/${component}`)) !== undefined;
  return present({
    namespace: stringAt(spec, "targetNamespace"),
    namePrefix: stringAt(spec, "namePrefix"),
    nameSuffix: stringAt(spec, "nameSuffix"),
    patches: only(spec, "patches", ["patch", "target"]),
    components: listAt(spec, "components").filter(isThere),
    images: only(spec, "images", ["name", "newName", "newTag", "digest"]),
  });
}

/** The entries of a list with the fields that Flux knows. */
function only(spec: JsonObject, list: string, fields: readonly string[]): JsonObject[] {
  return listAt(spec, list)
    .filter(isObject)
    .map((one) =>
      Object.fromEntries(fields.flatMap((field) => (one[field] === undefined ? [] : [[field, one[field]]]))),
    );
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/ */
function ofArgo(kustomize: JsonObject): JsonObject {
  const { labelWithoutSelector, labelIncludeTemplates, replicas } = kustomize;
  const pairs = objectAt(kustomize, "commonLabels");
  const isSelected = labelWithoutSelector !== true && labelIncludeTemplates !== true;
  return present({
    namespace: stringAt(kustomize, "namespace"),
    namePrefix: stringAt(kustomize, "namePrefix"),
    nameSuffix: stringAt(kustomize, "nameSuffix"),
    patches: listAt(kustomize, "patches"),
    components: listAt(kustomize, "components"),
    images: listAt(kustomize, "images").flatMap((image) => (typeof image === "string" ? imageOf(image) : [])),
    replicas,
    commonAnnotations: objectAt(kustomize, "commonAnnotations"),
    commonLabels: isSelected ? pairs : undefined,
    labels: pairs && !isSelected ? [{ pairs, ...(labelIncludeTemplates === true && { includeTemplates: true }) }] : [],
  });
}

/** `name=other:tag`, `name:tag` or `name@digest`, as `kustomize edit set image` reads it. */
function imageOf(text: string): JsonObject {
  const [, name, image = ""] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? [];
  const [, base = image, tag, digest] = /^(.*?)(?::([^/:@]*))?(?:@(.*))?$/s.exec(image) ?? [];
  return present({ name: name ?? base, newName: name === undefined ? undefined : base, newTag: tag, digest });
}

/**
 * The known values of the variables of a Kustomization; undefined if it replaces none. Later sources override earlier ones.
 * Secrets are not read, so that their values appear nowhere. `LoadVariables` in github.com/fluxcd/pkg/kustomize
 */
function valuesOf(sync: Sync, repository: RepositoryContext): Record<string, string> | undefined {
  const postBuild = objectAt(objectAt(sync.resource.object, "spec"), "postBuild");
  const sources = listAt(postBuild, "substituteFrom").filter(isObject);
  const inline = objectAt(postBuild, "substitute") ?? {};
  const isAlways = postBuild?.substituteStrategy === "Always";
  if (!isAlways && sources.length === 0 && Object.keys(inline).length === 0) return undefined;
  const values = new Map<string, string>();
  for (const source of sources) {
    if (source.kind !== "ConfigMap") continue;
    for (const [name, value] of dataOf(source, sync, repository)) values.set(name, value);
  }
  for (const [name, value] of Object.entries(inline)) if (typeof value === "string") values.set(name, value);
  // The Kustomization that applies this one fills in variables of values.
  const known = [...values].filter(([, value]) => !hasVariable(value));
  return Object.fromEntries(known.map(([name, value]) => [name, value.replaceAll("\n", "")]));
}

/** The values on which all ConfigMaps that it may mean agree: each may be for another cluster. */
function dataOf(source: JsonObject, sync: Sync, repository: RepositoryContext): [string, string][] {
  const [first, ...others] = valueSources(sync, source, repository).map(({ values }) => values);
  return Object.entries(first ?? {}).filter(([key, value]) => others.every((other) => own(other, key) === value));
}
