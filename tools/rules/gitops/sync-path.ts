import { distinctBy } from "../../core/group.ts";
import { type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import { didYouMean, didYouMeanPath } from "../../core/nearest.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { valuesAt } from "../lib/places.ts";
import { isRead, ownSyncs } from "../lib/sync/covered.ts";
import { givenAt } from "../lib/sync/given.ts";
import { needsOf } from "../lib/sync/needs.ts";
import { applicationsIn, type Sync, sourcesIn } from "../lib/sync/sync.ts";

/** Argo CD's repo server reports `app path does not exist`, Flux's kustomize-controller `kustomization path not found`. */
export const syncPath = definePolicy({
  id: "gitops/sync-path",
  severity: "error",
  why: "A controller that is pointed at a folder without manifests applies nothing, and what it applied before stays as it was or is pruned; if a values file or a component is missing, it fails. https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ https://fluxcd.io/flux/components/kustomize/kustomizations/#path",
  fix: "Name a folder of this repository with a kustomization or manifests, relative to the repository root.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const wrong = distinctBy([...ofSources(repository), ...ofSyncs(repository), ...ofNeeds(repository)], placeOf);
    for (const { target, resource, pointer, message, help } of wrong)
      yield { target: target.name, resource, pointer, message, ...(help !== undefined && { help }) };
  },
});

interface Wrong extends Pick<Sync, "target" | "resource" | "pointer" | "path"> {
  readonly message: string;
  readonly help?: string;
}

function placeOf({ target, resource, pointer, path }: Wrong): string {
  return [target.name, resource.kind, resource.namespace, resource.name, pointer, path].join("\n");
}

function* ofSyncs(repository: RepositoryContext): Generator<Wrong> {
  for (const sync of ownSyncs(repository)) {
    const wrong = wrongWith(sync, repository);
    if (wrong !== undefined) {
      const message = `${wordsOf(sync)} syncs ${sync.path}, which ${wrong}`;
      yield { ...sync, pointer: givenAt(sync, repository), message };
      continue;
    }
    const file = kustomizationAmong(sync, repository);
    if (file === undefined) continue;
    yield {
      ...sync,
      message: `${wordsOf(sync)} applies the files of ${sync.path} as they are, also ${file}, whose kind no cluster has`,
      help: "Remove directory from the source, so that Argo CD runs kustomize, or exclude the file.",
    };
  }
}

/** An Application is named with the ApplicationSet that creates it, if the name is known. */
function wordsOf({ resource, name }: Pick<Sync, "resource" | "name">): string {
  const { kind } = resource;
  return kind === "ApplicationSet" && name !== resource.name
    ? `Application ${name} of ${kind} ${resource.name}`
    : `${kind} ${name}`;
}

/** A kustomization that Argo CD takes for a manifest, because its source has settings of a directory. */
function kustomizationAmong(sync: Sync, { files }: RepositoryContext): string | undefined {
  if (!sync.asFiles || sync.byPlugin) return undefined;
  const pattern = sync.path === "." ? "" : `${sync.path}/`;
  const found = kustomizationNames.flatMap((name) =>
    files(`${pattern}${sync.recursive ? "**/" : ""}${name}`, "kustomize.config.k8s.io/"),
  );
  return found.find(({ path }) => isRead(sync, path) && files(path, "+argocd:skip-file-rendering").length === 0)?.path;
}

/** With an extension that Argo CD reads. */
const kustomizationNames = ["kustomization.yaml", "kustomization.yml"];

/** What is wrong with the sources of an Application, whatever the repository has. */
function* ofSources(repository: RepositoryContext): Generator<Wrong> {
  for (const target of repository.targets) {
    for (const { resource } of target.syncs) {
      for (const application of applicationsIn(resource, repository)) {
        const sources = sourcesIn(application);
        const refs = sources.flatMap(([, source]) => stringAt(source, "ref") ?? []);
        for (const [at, source] of sources)
          for (const wrong of [...ofPath(source), ...ofPatterns(source), ...ofValueFiles(source, refs)]) {
            const message = `${resource.kind} ${resource.name} ${wrong.message}`;
            yield { target, resource, ...wrong, pointer: at + wrong.pointer, message };
          }
      }
    }
  }
}

type WrongSource = Pick<Wrong, "pointer" | "path" | "message" | "help">;

function* ofPath(source: JsonObject): Generator<WrongSource> {
  const path = stringAt(source, "path") ?? "";
  if (!path.startsWith("/")) return;
  const message = `has the absolute path ${path}, which Argo CD rejects`;
  const help = `Write ${path.replace(/^\/+/, "") || "."}: it is relative to the root of the repository.`;
  yield { pointer: "/path", path, message, help };
}

/** Each is one pattern: a line break in it is part of the names that it matches. */
function* ofPatterns(source: JsonObject): Generator<WrongSource> {
  for (const field of ["include", "exclude"]) {
    const pattern = stringAt(objectAt(source, "directory"), field) ?? "";
    if (!pattern.includes("\n")) continue;
    const lines = pattern.split("\n").map((line) => line.replace(/^\{|,$|\}$/g, "").trim());
    const names = lines.filter((line) => line !== "");
    const message = `has a line break in directory.${field}: it is one pattern, and no file has a name with a line break`;
    const help = `Write it in one line: "${names.length > 1 ? `{${names.join(",")}}` : names[0]}".`;
    yield { pointer: `/directory/${field}`, path: field, message, help };
  }
}

/** A `$ref` that no source has stands for nothing: Argo CD then looks for the file in the repository of the chart. */
function* ofValueFiles(source: JsonObject, refs: readonly string[]): Generator<WrongSource> {
  if (objectAt(source, "helm")?.ignoreMissingValueFiles === true) return;
  for (const { value, pointer } of valuesAt(source, "helm/valueFiles/*")) {
    const [, name] = /^\$([\w-]+)\//.exec(String(value)) ?? [];
    // https://argo-cd.readthedocs.io/en/stable/user-guide/build-environment/
    if (name === undefined || refs.includes(name) || /^(?:ARGOCD|KUBE)_/.test(name)) continue;
    const message = `reads values from ${value}, but no source has ref: ${name}${didYouMean(name, refs)}`;
    const help = "Set ref of the source with the file to the name after the $.";
    yield { pointer, path: String(value), message, help };
  }
}

/** helm and kustomize report `no such file or directory`. */
function* ofNeeds(repository: RepositoryContext): Generator<Wrong> {
  for (const need of needsOf(repository)) {
    const { as, uses, is, help } = needed[need.what];
    const place = repository.placeAt(need.path);
    const wrong = place === undefined ? "does not exist" : is;
    const message = `${wordsOf(need)} ${uses} ${need.path}, which ${wrong}`;
    if (place !== as) yield { ...need, message, help };
  }
}

/** What a path must be, and the words for when it is something else. */
const needed = {
  values: {
    as: "file",
    uses: "reads values from",
    is: "is a folder, not a file",
    help: "Name a file of this repository, relative to the chart (after a slash or a $ref, to the repository root), or set ignoreMissingValueFiles: true.",
  },
  component: {
    as: "component",
    uses: "uses component",
    is: "is not a Component",
    help: "Name the folder of a Component, relative to the synced path, or set ignoreMissingComponents: true.",
  },
} as const;

function wrongWith(
  sync: Pick<Sync, "path" | "by" | "byPlugin" | "recursive" | "asFiles">,
  repository: RepositoryContext,
): string | undefined {
  const { path, by, byPlugin } = sync;
  const place = repository.placeAt(path);
  // A plugin can render any folder.
  if (byPlugin && place !== undefined && place !== "file") return undefined;
  switch (place) {
    case undefined:
      return `does not exist${didYouMeanPath(
        path,
        repository.targets.map((target) => target.path),
      )}`;
    case "file":
      return "is a file, not a folder";
    case "folder":
      return "has no kustomization and no manifests";
    case "component":
      if (sync.asFiles) return undefined;
      return "is a Component, which only a kustomization can use";
    case "chart":
      return by === "flux" ? "is a Helm chart, which needs a HelmRelease" : undefined;
    case "nested":
      return sync.recursive ? undefined : "has manifests in subfolders only, and directory.recurse is not set";
    default:
      return undefined;
  }
}
