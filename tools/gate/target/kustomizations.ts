import { dirname, resolve, sep } from "node:path";
import type { KustomizationFile } from "../../core/kustomization.ts";
import { type LocatedProblem, resourceOf } from "../../core/resource.ts";
import type { Closure } from "../../load/closure.ts";
import { isComponent, type Kustomization, objectOf } from "../../load/kustomization.ts";
import { repositoryOf, shown } from "../../load/paths.ts";
import { commentedOut, unusedFiles } from "../../load/unused.ts";
import { parseDocuments } from "../../parse/documents.ts";
import { readText } from "../../parse/file.ts";
import { positionOf } from "../../parse/position.ts";
import { replayed } from "../../system/observe.ts";
import { loadSchemas, supportedVersions, validate } from "../../validate/index.ts";

/**
 * The problems in the kustomization files of a target that kustomize rejects. kustomize itself reports only the first
 * one, without a line: `json: unknown field "resource"`.
 */
export async function kustomizationProblems({ kustomizations }: Closure): Promise<LocatedProblem[]> {
  const schemas = await loadSchemas([], ["kustomize.config.k8s.io"]);
  return kustomizations.flatMap((kustomization) => {
    const { problems } = validate(resourceOf(identified(kustomization)), { versions: supportedVersions, schemas });
    return problems.map((problem) => ({ ...problem, ...placeOf(kustomization, problem.pointer) }));
  });
}

/** Sets apiVersion and kind, which are optional; kustomize itself reports wrong values. */
function identified(kustomization: Kustomization) {
  const [apiVersion, kind] = isComponent(kustomization)
    ? ["kustomize.config.k8s.io/v1alpha1", "Component"]
    : ["kustomize.config.k8s.io/v1beta1", "Kustomization"];
  return { ...objectOf(kustomization), apiVersion, kind };
}

function placeOf({ text, shown, documents }: Kustomization, pointer: string) {
  return { file: shown, ...positionOf(text, documents[0]?.index ?? 0, pointer) };
}

/**
 * The kustomization files of a run, as passed to rules. A file that is shared by many targets is created and examined
 * once for all targets that reach the same files in its folder.
 */
export class KustomizationFiles {
  readonly #cwd: string;
  readonly #made = new WeakMap<Kustomization, Map<string, KustomizationFile>>();
  readonly #sources = new WeakMap<KustomizationFile, Kustomization>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** @param isOpen whether kustomizations may use files outside of their folders */
  of(closure: Closure | undefined, isOpen = false): readonly KustomizationFile[] {
    return (closure?.kustomizations ?? []).map((one) => this.#of(one, closure as Closure, isOpen));
  }

  /** The place in a kustomization file to edit for a pointer. */
  locate(file: KustomizationFile, pointer: string): Pick<LocatedProblem, "file" | "line" | "column"> {
    const source = this.#sources.get(file);
    return source === undefined ? { file: file.file } : placeOf(source, pointer);
  }

  #of(kustomization: Kustomization, closure: Closure, isOpen: boolean): KustomizationFile {
    const all = this.#made.get(kustomization) ?? new Map<string, KustomizationFile>();
    this.#made.set(kustomization, all);
    const key = reachedOf(kustomization, closure);
    const made = all.get(key) ?? fileOf(kustomization, closure, isOpen, this.#cwd);
    all.set(key, made);
    this.#sources.set(made, kustomization);
    return made;
  }
}

/** A key for everything in a closure that {@link fileOf} depends on. */
function reachedOf({ file }: Kustomization, closure: Closure): string {
  const folder = dirname(file) + sep;
  return JSON.stringify([isKnown(closure), ...closure.files.filter((one) => one.startsWith(folder))]);
}

/** Whether the closure is complete; otherwise no file can be called unused. */
function isKnown({ problems, unknownFields }: Closure): boolean {
  return problems.length === 0 && unknownFields.length === 0;
}

function fileOf(kustomization: Kustomization, closure: Closure, isOpen: boolean, cwd: string): KustomizationFile {
  const folder = dirname(kustomization.file);
  // Any other kustomization may use the file then, but not if it is a commented-out entry here.
  const isUnused = (path: string) => !isOpen || commentedOut(kustomization, path) !== undefined;
  return {
    file: kustomization.shown,
    object: objectOf(kustomization),
    isComponent: isComponent(kustomization),
    documents: (path) => {
      const place = resolve(folder, path);
      const read = closure.files.includes(place) ? readText(place, shown(cwd, place)) : undefined;
      return read && "text" in read ? parseDocuments(read.text, path).documents.map(({ value }) => value) : [];
    },
    unused: replayed(() =>
      isKnown(closure)
        ? unusedFiles(kustomization, closure, repositoryOf(cwd, folder))
            .filter(isUnused)
            .map((path) => shown(cwd, path))
        : [],
    ),
    commentedOut: (path) => commentedOut(kustomization, resolve(cwd, path)),
  };
}
