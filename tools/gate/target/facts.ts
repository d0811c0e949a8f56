import { dirname, relative, resolve, sep } from "node:path";
import { type Json, objectAt, stringAt } from "../../core/json.ts";
import type { CreatedObject, FilePlace, ObjectFact, TargetFacts } from "../../core/repository.ts";
import { groupOf, type Resource, type Target } from "../../core/resource.ts";
import type { Kustomization } from "../../load/kustomization.ts";
import { repositoryOf } from "../../load/paths.ts";
import { positionOf } from "../../parse/position.ts";
import { managedByField } from "../../render/managed-by.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { keysOf } from "../../rules/lib/config-keys.ts";
import { copiesOf } from "../../rules/lib/copies.ts";
import { chartsOf, createdFrom, isMaker } from "../../rules/lib/created.ts";
import { nodePortsOf } from "../../rules/lib/node-ports.ts";
import { isNaming, withoutValues } from "../../rules/lib/sync/flux-references.ts";
import { isSync } from "../../rules/lib/sync/sync.ts";
import { variablesOf } from "../../rules/lib/sync/variables.ts";
import { groupKind } from "../../rules/lib/target.ts";
import { scopeOf } from "../../validate/index.ts";
import { rightsOf } from "./admin-access.ts";
import { syncsIn } from "./listed-syncs.ts";
import { targetName } from "./name.ts";

/** Where a target and its repository are. */
export interface Place {
  /** Absolute folder of gitops.yaml. */
  readonly root: string;
  readonly cwd: string;
  /** Absolute top of the repository, if it is not the repository that contains the folder. */
  readonly top?: string;
}

/** The absolute top of the repository. */
export function topOf({ root, cwd, top }: Place): string {
  return top ?? repositoryOf(cwd, root);
}

/** The facts about a target that matter when targets are compared with each other. */
export function factsOf(rendered: RenderedTarget, input: Place): TargetFacts {
  const { target, failed, isPartial, resources, closure } = rendered;
  const { root, cwd } = input;
  const top = topOf(input);
  const here = remembering((path) => posixPath(top, resolve(cwd, path)));
  const made = resources.flatMap(madeFacts);
  const charts = resources.filter(({ kind }) => kind !== "ApplicationSet").flatMap(namedCharts);
  const makers = resources.filter(isMaker).map(({ name, namespace }) => ({ name, namespace }));
  const listed = failed && !isPartial && closure ? syncsIn(closure, cwd) : [];
  const bases = closure?.kustomizations.slice(1).map(({ shown }) => here(dirname(shown))) ?? [];
  const versioned = closure?.kustomizations.flatMap(versionedIn) ?? [];
  const projects = resources.filter((resource) => groupKind(resource) === "AppProject.argoproj.io");
  return {
    name: targetName(target.path, root, cwd),
    path: target.kind === "stdin" ? "-" : here(target.path),
    kind: target.kind,
    file: closure?.kustomizations[0]?.shown,
    failed,
    ...(isPartial && { isPartial }),
    objects: resources.map((resource) => objectFact(resource, here)),
    naming: resources.filter(isNaming).map(withoutValues),
    nodePorts: resources.filter((resource) => nodePortsOf(resource).length > 0),
    ...(made.length > 0 && { made }),
    ...(charts.length > 0 && { charts }),
    ...(makers.length > 0 && { makers }),
    ...(projects.length > 0 && { projects }),
    ...(bases.length > 0 && { bases }),
    ...(versioned.length > 0 && { versioned }),
    syncs: resources.filter(isSync).map((resource) => ({
      resource,
      folder: here(folderOf(resource, target)),
      file: fileOf(resource, here),
    })),
    ...(listed.length > 0 && {
      listed: listed.map((resource) => ({ resource, folder: here(target.path), file: undefined })),
    }),
  };
}

function versionedIn(kustomization: Kustomization): FilePlace[] {
  const field = managedByField(kustomization);
  if (field === undefined) return [];
  const { text, documents, shown: file } = kustomization;
  return [{ file, ...positionOf(text, documents[0]?.index ?? 0, `/${field}`) }];
}

/** Those of an ApplicationSet depend on the repository. */
function namedCharts(resource: Resource) {
  return chartsOf(resource).flatMap(({ name, namespace }) => (name === undefined ? [] : [{ name, namespace }]));
}

function folderOf({ source }: Resource, { path }: Target): string {
  return source === undefined || source.file === "-" ? path : dirname(source.file);
}

/** Caches a function of a path, since a file may contain thousands of resources. */
function remembering(of: (path: string) => string): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const found = known.get(path) ?? of(path);
    known.set(path, found);
    return found;
  };
}

function posixPath(top: string, path: string): string {
  return relative(top, path).split(sep).join("/") || ".";
}

function objectFact(resource: Resource, here: (path: string) => string): ObjectFact {
  const { apiVersion, kind, namespace, name } = resource;
  const scope = scopeOf(apiVersion, kind);
  const keys = apiVersion === "v1" && ["ConfigMap", "Secret"].includes(kind) ? keysOf(resource) : undefined;
  const values = kind === "ConfigMap" ? valuesOf(resource) : undefined;
  const variables = variablesOf(resource);
  return {
    group: groupOf(apiVersion),
    kind,
    namespace,
    name,
    namespaced: scope === undefined ? undefined : scope === "namespaced",
    file: fileOf(resource, here),
    shared: isShared(resource),
    ...(keys && { keys }),
    ...(values && { values }),
    ...(variables.length > 0 && { variables }),
  };
}

/** The data of a ConfigMap if each key may be a variable, and each value is short. */
function valuesOf({ object }: Resource): Record<string, string> | undefined {
  const entries = Object.entries(objectAt(object, "data") ?? {});
  const mayHold = ([key, value]: [string, Json]) =>
    /^[A-Za-z_]\w*$/.test(key) && typeof value === "string" && value.length <= longestValue;
  return entries.length > 0 && entries.every(mayHold)
    ? (Object.fromEntries(entries) as Record<string, string>)
    : undefined;
}

/** In characters; others are files rather than values of variables. */
const longestValue = 256;

function madeFacts(resource: Resource): CreatedObject[] {
  const beside = (createdFrom(resource) ?? []).flatMap(([kind, name]): CreatedObject[] =>
    name === undefined ? [] : [{ kind, namespace: resource.namespace, name }],
  );
  const copies = copiesOf(resource).flatMap(({ kind, name, namespaces }) =>
    namespaces.map((namespace): CreatedObject => {
      const one = { kind, namespace, name };
      return namespace.includes("*") ? { ...one, namespace: undefined, isAnywhere: true } : one;
    }),
  );
  return [...beside, ...rightsOf(resource), ...copies.filter(({ name }) => !name.includes("*"))];
}

function fileOf({ source }: Resource, here: (path: string) => string): string | undefined {
  return source === undefined || source.file === "-" ? undefined : here(source.file);
}

/**
 * Whether Flux applies an object only in part or not at all, so that several targets may share it.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
function isShared({ object }: Resource): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  const says = (name: string) => stringAt(annotations, `kustomize.toolkit.fluxcd.io/${name}`)?.toLowerCase() ?? "";
  return ["ignore", "ifnotpresent", "merge"].includes(says("ssa")) || says("reconcile") === "disabled";
}
