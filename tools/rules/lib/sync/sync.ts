import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import type { RepositoryContext, SyncFact, TargetFacts } from "../../../core/repository.ts";
import { groupOf, type Resource } from "../../../core/resource.ts";
import { generated } from "./generators.ts";
import { filledIn } from "./template.ts";

/** A folder of a repository that a controller applies. */
export interface Sync {
  /** The Application, ApplicationSet or Kustomization, and the target that renders it. */
  readonly resource: Resource;
  readonly target: TargetFacts;
  /** The folder that the resource is applied with, and its file there if it was not rendered. */
  readonly folder: string;
  readonly file: string | undefined;
  /** Points to the path in the resource. */
  readonly pointer: string;
  /** The name that the controller uses: of an ApplicationSet, that of the Application that it creates. */
  readonly name: string;
  readonly by: "argo-cd" | "flux";
  /** Undefined if unknown: the source of a Kustomization may be created elsewhere. */
  readonly url: string | undefined;
  readonly revision: string | undefined;
  /** Relative to the root of the repository. */
  readonly path: string;
  /** The cluster as the resource names it; `""` is its own; undefined if only a generator knows it. */
  readonly cluster: string | undefined;
  /** For objects without a namespace. */
  readonly namespace: string | undefined;
  /** Overrides the namespace of all objects, and adds to their names. */
  readonly rename: { readonly namespace?: string; readonly prefix: string; readonly suffix: string };
  /** The values of variables that the resource itself sets. */
  readonly variables: JsonObject;
  /** Whether manifests in subfolders count as well. */
  readonly recursive: boolean;
  /** Patterns of the manifests in a folder that are applied, and of those that are not. */
  readonly include?: string | undefined;
  readonly exclude?: string | undefined;
  /** Whether a plugin generates what is applied. */
  readonly byPlugin?: boolean;
  /** Whether Argo CD applies the files of a folder as they are, also if it has a kustomization. */
  readonly asFiles?: boolean;
}

/** Kinds that define what is synced, and from where. */
const syncKinds: Readonly<Record<string, readonly string[]>> = {
  "argoproj.io": ["Application", "ApplicationSet"],
  "kustomize.toolkit.fluxcd.io": ["Kustomization"],
  "source.toolkit.fluxcd.io": ["GitRepository"],
};

/** Whether a resource defines what is synced, or from where. */
export function isSync({ apiVersion, kind }: Resource): boolean {
  const group = groupOf(apiVersion);
  return Object.hasOwn(syncKinds, group) && (syncKinds[group] ?? []).includes(kind);
}

/** All syncs that the resources of a repository define, as far as they are known without a cluster. */
export const syncsOf = once((repository: RepositoryContext): readonly Sync[] =>
  repository.targets.flatMap((target) => target.syncs.flatMap((one) => syncsIn(one, target, repository))),
);

/** Those in the files of targets that do not render: what their kustomizations change of them is unknown. */
export const listedSyncsOf = once((repository: RepositoryContext): readonly Sync[] =>
  repository.targets.flatMap((target) => (target.listed ?? []).flatMap((one) => syncsIn(one, target, repository))),
);

/** The syncs that the documents of a file define, which a target stands for. */
export function syncsOfFile(
  file: string,
  documents: readonly Json[],
  target: TargetFacts,
  repository: RepositoryContext,
): Sync[] {
  const resources = documents.filter(isObject).map((object): Resource => {
    const metadata = objectAt(object, "metadata");
    const [apiVersion, kind, name] = [
      stringAt(object, "apiVersion"),
      stringAt(object, "kind"),
      stringAt(metadata, "name"),
    ];
    const namespace = stringAt(metadata, "namespace");
    return { apiVersion: apiVersion ?? "", kind: kind ?? "", name: name ?? "", namespace, object };
  });
  const facts = resources.filter(isSync).map((resource) => ({ resource, folder: target.path, file }));
  return facts.flatMap((fact) => syncsIn(fact, target, repository));
}

function syncsIn(fact: SyncFact, target: TargetFacts, repository: RepositoryContext): Sync[] {
  const owner = { ...fact, target };
  if (fact.resource.kind === "Kustomization") return ofKustomization(owner, repository);
  return applicationsIn(fact.resource, repository).flatMap((application) => ofApplication(application, owner));
}

type Owner = Pick<Sync, "resource" | "target" | "folder" | "file">;

/** An Application that is written, or that an ApplicationSet creates, and its pointer in the resource. */
export interface Application {
  readonly object: JsonObject;
  readonly at: string;
}

/** The Applications that a resource defines; none if they are only known in a cluster. */
export function applicationsIn({ kind, object }: Resource, repository: RepositoryContext): Application[] {
  if (kind === "Application") return [{ object, at: "" }];
  const spec = objectAt(object, "spec");
  const template = objectAt(spec, "template");
  if (kind !== "ApplicationSet" || spec === undefined || template === undefined) return [];
  if (isPatched(spec)) return [];
  return generated(spec, repository).map((set) => {
    return { object: filledIn(template, set) as JsonObject, at: "/spec/template" };
  });
}

/** Whether something changes the sources or the destination of a template; patches are not evaluated. */
export function isPatched(spec: JsonObject): boolean {
  const { templatePatch } = spec;
  const isKnown = templatePatch === undefined || (typeof templatePatch === "string" && isHarmless(templatePatch));
  return !isKnown || listAt(spec, "generators").some(hasTemplate);
}

/** Whether a patch names no source and no destination, and no expression in it makes fields. */
function isHarmless(patch: string): boolean {
  const makesFields = /^[ \t]*\{\{-?\s*(?!(?:if|else|end|range|with)\b|\/\*|\$\w+\s*:?=)/m;
  return !/\b(?:metadata|sources?|sourceHydrator|destination)\b/.test(patch) && !makesFields.test(patch);
}

function hasTemplate(generator: unknown): boolean {
  return isObject(generator) && Object.values(generator).some((one) => isObject(one) && one.template !== undefined);
}

/** `spec.source`, or each of `spec.sources`; with a hydrator, its dry source. */
export function sourcesIn({ object, at }: Application): [pointer: string, source: JsonObject][] {
  const spec = objectAt(object, "spec");
  const single = objectAt(spec, "source");
  const dry = objectAt(objectAt(spec, "sourceHydrator"), "drySource");
  const several = listAt(spec, "sources");
  return [
    ...(single && several.length === 0 ? [[`${at}/spec/source`, single] satisfies [string, JsonObject]] : []),
    ...(dry ? [[`${at}/spec/sourceHydrator/drySource`, dry] satisfies [string, JsonObject]] : []),
    ...several.flatMap((one, index): [string, JsonObject][] =>
      isObject(one) ? [[`${at}/spec/sources/${index}`, one]] : [],
    ),
  ];
}

function ofApplication(application: Application, owner: Owner): Sync[] {
  const spec = objectAt(application.object, "spec");
  const metadata = objectAt(application.object, "metadata");
  return sourcesIn(application).flatMap(([pointer, source]) => {
    const path = pathOf(source);
    if (path === undefined) return [];
    const { cluster, namespace } = destinationOf(objectAt(spec, "destination"));
    const kustomize = objectAt(source, "kustomize");
    const directory = objectAt(source, "directory");
    const own = stringAt(kustomize, "namespace");
    return {
      ...owner,
      pointer: source.path === undefined ? pointer : `${pointer}/path`,
      name: stringAt(metadata, "name") ?? owner.resource.name,
      by: "argo-cd",
      url: stringAt(source, "repoURL"),
      revision: stringAt(source, "targetRevision"),
      path,
      cluster,
      namespace,
      rename: {
        ...(own !== undefined && { namespace: own }),
        prefix: stringAt(kustomize, "namePrefix") ?? "",
        suffix: stringAt(kustomize, "nameSuffix") ?? "",
      },
      variables: {},
      recursive: directory?.recurse === true,
      include: stringAt(directory, "include"),
      exclude: stringAt(directory, "exclude"),
      byPlugin: source.plugin !== undefined,
      asFiles: isOfFiles(directory),
    } satisfies Sync;
  });
}

/**
 * Whether the settings of a directory make Argo CD read plain files. Empty ones do not, nor does `recurse: false`.
 * `ApplicationSource.ExplicitType` in github.com/argoproj/argo-cd
 */
function isOfFiles(directory: JsonObject | undefined): boolean {
  const { recurse, include, exclude, jsonnet } = directory ?? {};
  const isSet = isObject(jsonnet) && Object.values(jsonnet).some((one) => Array.isArray(one) && one.length > 0);
  return recurse === true || Boolean(include) || Boolean(exclude) || isSet;
}

/** The path of a source; undefined for charts, for sources that only provide files (`ref`), and if unknown. */
export function pathOf(source: JsonObject): string | undefined {
  const { path, chart, ref, repoURL } = source;
  if (chart !== undefined || repoURL === null || path === null) return undefined;
  if (path === undefined) return ref === undefined ? "." : undefined;
  return typeof path === "string" ? normal(path) : undefined;
}

/** The cluster and the namespace of an Application; undefined if only a generator knows them. */
export function destinationOf(destination: JsonObject | undefined): Pick<Sync, "cluster" | "namespace"> {
  const isOpen = [destination?.server, destination?.name, destination?.namespace].includes(null);
  if (isOpen) return { cluster: undefined, namespace: undefined };
  const named = stringAt(destination, "server") ?? stringAt(destination, "name") ?? "";
  const isOwn = /^(?:https:\/\/kubernetes\.default\.svc\/?|in-cluster)$/.test(named);
  return { cluster: isOwn ? "" : named, namespace: stringAt(destination, "namespace") || undefined };
}

function ofKustomization(owner: Owner, repository: RepositoryContext): Sync[] {
  const { resource } = owner;
  const spec = objectAt(resource.object, "spec");
  const reference = objectAt(spec, "sourceRef");
  const named = stringAt(spec, "path") ?? ".";
  // The Kustomization that applies this one fills in the variable.
  if (spec === undefined || reference === undefined || named.includes("${") || spec.suspend === true) return [];
  const path = reference.kind === "GitRepository" ? normal(named) : ofArtifact(normal(named), repository);
  if (path === undefined) return [];
  const source = sourceOf(reference, resource, repository);
  const namespace = stringAt(spec, "targetNamespace");
  const secret =
    objectAt(objectAt(spec, "kubeConfig"), "secretRef") ?? objectAt(objectAt(spec, "kubeConfig"), "configMapRef");
  return [
    {
      ...owner,
      pointer: spec.path === undefined ? "/spec" : "/spec/path",
      name: resource.name,
      by: "flux",
      url: stringAt(source, "url"),
      revision: branchOf(objectAt(source, "ref")),
      path,
      cluster: stringAt(secret, "name") ?? "",
      namespace: undefined,
      rename: {
        ...(namespace !== undefined && { namespace }),
        prefix: stringAt(spec, "namePrefix") ?? "",
        suffix: stringAt(spec, "nameSuffix") ?? "",
      },
      variables: objectAt(objectAt(spec, "postBuild"), "substitute") ?? {},
      recursive: true,
    },
  ];
}

/** The only target with the path that a Kustomization names in an artifact, which may have been made of any folder. */
function ofArtifact(path: string, { targets }: RepositoryContext): string | undefined {
  const [only, ...others] = path === "." ? [] : targets.filter((one) => `/${one.path}`.endsWith(`/${path}`));
  return others.length === 0 ? only?.path : undefined;
}

/** The GitRepository of a Kustomization, whichever target renders it. */
function sourceOf(
  reference: JsonObject,
  { namespace }: Resource,
  { targets }: RepositoryContext,
): JsonObject | undefined {
  const wanted = { name: reference.name, namespace: reference.namespace ?? namespace };
  const found = targets
    .flatMap(({ syncs }) => syncs.map((one) => one.resource))
    .find((one) => one.kind === "GitRepository" && one.name === wanted.name && one.namespace === wanted.namespace);
  return objectAt(found?.object, "spec");
}

function branchOf(ref: JsonObject | undefined): string | undefined {
  const [first] = ["commit", "name", "semver", "tag", "branch"].flatMap((field) => stringAt(ref, field) ?? []);
  return first;
}

/** `./overlays/dns/` becomes `overlays/dns`; for both controllers, a leading slash is the root of the repository. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/") || ".";
}

/** Patterns of paths that only a cluster knows in full: whatever matches one of them may be synced. */
export function openPaths(repository: RepositoryContext): string[] {
  return repository.targets.flatMap(({ syncs }) => syncs.flatMap((one) => openIn(one.resource, repository)));
}

function openIn({ kind, object }: Resource, repository: RepositoryContext): string[] {
  const spec = objectAt(object, "spec");
  if (kind === "Kustomization") return openOfFlux(spec);
  if (kind !== "ApplicationSet" || spec === undefined) return [];
  if (!isPatched(spec) && generated(spec, repository).every((set) => set !== undefined)) return [];
  const template = objectAt(objectAt(spec, "template"), "spec");
  const sources = [objectAt(template, "source"), ...listAt(template, "sources").filter(isObject)];
  return sources.flatMap((source) => stringAt(source, "path") ?? []).map(pattern);
}

/** The path of a Flux Kustomization in an artifact that was made of any folder: only its end is known. */
function openOfFlux(spec: JsonObject | undefined): string[] {
  const path = stringAt(spec, "path") ?? ".";
  const isOfGit = objectAt(spec, "sourceRef")?.kind === "GitRepository";
  if (isOfGit || normal(path) === ".") return path.includes("${") ? [pattern(path)] : [];
  return [pattern(path), `*/${pattern(path)}`];
}

/** A path as a pattern: variables and expressions in it stand for anything. */
export function pattern(path: string): string {
  return normal(path.replaceAll(/\$\{[^{}]*\}|\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}/g, "*"));
}
