import { dirname, resolve } from "node:path";
import { isObject, type Json, objectAt, stringAt } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import type { LocatedProblem } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import { type Kustomization, objectOf, type Reference, referencesOf } from "../load/kustomization.ts";
import { shown } from "../load/paths.ts";
import { parseDocuments } from "../parse/documents.ts";
import { readManifest, readText } from "../parse/file.ts";
import { positionOf } from "../parse/position.ts";
import { realPath } from "../system/disk.ts";
import type { KustomizeError } from "./kustomize-error.ts";

/**
 * Explains why a target does not render: the faults that our own parser finds in its files, or else the message of
 * kustomize, at the entry of the kustomization that the message is about.
 */
export function diagnose(
  said: KustomizeError,
  problem: LocatedProblem,
  closure: Closure,
  cwd: string,
): LocatedProblem[] {
  const faults = closure.kustomizations.flatMap((kustomization) => faultsOf(kustomization, cwd));
  if (faults.some(({ rule }) => rule === "schema/parse-error")) return faults;
  if (faults.length > 0) return faults.map((fault, index) => (index === 0 ? { help: said.message, ...fault } : fault));
  const kustomization = innermost(said, closure, cwd);
  const place = kustomization && placeOf(said.message, kustomization, cwd);
  const help = /no matches for Id .* for patch /s.test(said.message) ? ofMissing : problem.help;
  return [{ ...problem, message: said.message || problem.message, ...(help !== undefined && { help }), ...place }];
}

const ofMissing =
  "Correct the kind, name or namespace in the patch, or list what it patches under resources or components. What a Flux Kustomization adds with spec.components is not here yet.";

/** The faults that our parser finds in the YAML that a kustomization lists, except for data of generators. */
function faultsOf(kustomization: Kustomization, cwd: string): LocatedProblem[] {
  return yamlOf(kustomization).flatMap((reference) => {
    const path = resolve(dirname(kustomization.file), reference.path);
    const file = shown(cwd, path);
    const read = readText(path, file);
    if ("problem" in read) return [read.problem];
    return reference.reach === "resource"
      ? [...readManifest(read, file).problems]
      : [...parseDocuments(read.text, file).problems];
  });
}

function yamlOf(kustomization: Kustomization): Reference[] {
  return referencesOf(kustomization).references.filter(({ reach, pointer, path }) => {
    return reach !== "root" && !/^\/\w+generator\//i.test(pointer) && /\.(?:ya?ml|json)$/.test(path);
  });
}

/** The kustomization that the message is about: that of the last folder it names, or else the target's own. */
function innermost({ folders }: KustomizeError, { kustomizations }: Closure, cwd: string): Kustomization | undefined {
  const last = resolve(cwd, folders.at(-1) ?? ".");
  const real = realPath(last) ?? last;
  return kustomizations.find(({ file }) => dirname(file) === real) ?? kustomizations[0];
}

type Place = Pick<LocatedProblem, "file" | "line" | "column">;

function placeOf(message: string, kustomization: Kustomization, cwd: string): Place {
  const pointer = pointerOf(message, kustomization);
  const patch = pointer === undefined ? patchOf(message, kustomization, cwd) : undefined;
  if (patch !== undefined) return patch;
  const position = positionOf(kustomization.text, kustomization.documents[0]?.index ?? 0, pointer ?? "");
  return { file: kustomization.shown, ...position };
}

/** The entry that the message names: an unknown field, or a resource by its path. */
function pointerOf(message: string, kustomization: Kustomization): string | undefined {
  const field = /unknown field "([^"]+)"/.exec(message)?.[1];
  if (field !== undefined) return findKey(objectOf(kustomization), field, "");
  const path = /(?:accumulating|merging) resources from '([^']+)'/.exec(message)?.[1];
  const named = referencesOf(kustomization).references.find((reference) => reference.path === path);
  return named?.pointer;
}

function findKey(value: Json, name: string, pointer: string): string | undefined {
  const entries = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, inner] of entries) {
    const here = join(pointer, key);
    const found = key === name ? here : findKey(inner, name, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For a patch whose resource is missing: the place in the file that patches this kind and name. */
function patchOf(message: string, kustomization: Kustomization, cwd: string): Place | undefined {
  const [, kind, name] = /for patch (?:\S+ )?([A-Z]\w*) (?:\S+\/)?([\w.${}-]+)$/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  for (const { path, pointer } of referencesOf(kustomization).references) {
    if (!/^\/patches/i.test(pointer)) continue;
    const place = resolve(dirname(kustomization.file), path);
    const file = shown(cwd, place);
    const read = readText(place, file);
    const line = "text" in read ? lineOf(read.text, kind, name) : undefined;
    if (line !== undefined) return { file, ...line };
  }
  return undefined;
}

function lineOf(text: string, kind: string, name: string) {
  const document = parseDocuments(text, "").documents.find(({ value }) => {
    if (!isObject(value)) return false;
    return stringAt(value, "kind") === kind && stringAt(objectAt(value, "metadata"), "name") === name;
  });
  return document && positionOf(text, document.index, "/metadata/name");
}
