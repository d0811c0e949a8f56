import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { groupBy } from "../core/group.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { at, tokens } from "../core/pointer.ts";
import { readText } from "../parse/file.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import type { Closure, LeftOut } from "./closure.ts";
import { field, inflated, type Kustomization } from "./kustomization.ts";
import { isInside, repositoryOfFolder } from "./paths.ts";

/**
 * The kustomizations of a closure without the entries that are left out, by file; undefined if something else keeps the target
 * from rendering.
 */
export function withoutLeftOut({ kustomizations, problems, leftOut }: Closure): Map<string, Kustomization> | undefined {
  if (leftOut.length === 0 || problems.length > leftOut.length) return undefined;
  const entries = groupBy(leftOut, ({ kustomization }) => kustomization);
  return new Map(kustomizations.map((one) => [one.file, without(one, entries.get(one) ?? [])]));
}

function without(kustomization: Kustomization, entries: readonly LeftOut[]): Kustomization {
  if (entries.length === 0) return kustomization;
  const byDocument = groupBy(entries, ({ document }) => document);
  const documents = kustomization.documents.map((one) => {
    const some = byDocument.get(one.index) ?? [];
    return some.length > 0 && isObject(one.value) ? { ...one, value: withoutEntries(one.value, some) } : one;
  });
  return { ...kustomization, documents };
}

/** Removes fields, and items of lists. kustomize rejects an empty kustomization, but accepts one with an empty list. */
function withoutEntries(object: JsonObject, entries: readonly LeftOut[]): JsonObject {
  const byField = groupBy(
    entries.map(({ pointer }) => tokens(pointer)),
    ([name]) => name,
  );
  const rest = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const indices = byField.get(name)?.map(([, index]) => index);
    if (indices === undefined) return [[name, value]];
    if (!Array.isArray(value) || indices.includes(undefined)) return [];
    return [[name, value.filter((_, index) => !indices.includes(String(index)))]];
  });
  const made = Object.fromEntries(rest);
  return field(made, "resources").length > 0 ? made : { ...made, resources: [] };
}

/**
 * Whether two states of a target leave out the same. If not, an object that one of them lacks may be in what it leaves out: it
 * was moved into the values of a chart, or a chart was put in its place.
 */
export function leavesOutSame(one: Closure, other: Closure): boolean {
  return isDeepStrictEqual(one.leftOut.map(contentOf), other.leftOut.map(contentOf));
}

/** What an entry says, as far as it is known: nothing is the same as a chart in the repository, which has many files. */
function contentOf({ kustomization, document, pointer }: LeftOut) {
  const { file, shown, documents } = kustomization;
  const folder = dirname(file);
  const value = at(documents.find(({ index }) => index === document)?.value ?? null, pointer) ?? null;
  const isOwn = inflated(kustomization).some((chart) => tryKindOf(resolve(folder, chart)) === "folder");
  const texts = filesIn(value).map((path) => textOf(resolve(folder, path)));
  return { shown, field: tokens(pointer)[0], value, texts, ...(isOwn && { chart: Symbol() }) };
}

/** The configuration of a plugin, and the files with values of charts. */
function filesIn(value: Json): string[] {
  return [value].flat().flatMap((one) => {
    if (!isObject(one)) return typeof one === "string" ? [one] : [];
    const named = ["valuesfile", "additionalvaluesfiles"].flatMap((name) => field(one, name));
    return named.flatMap(({ value: path }) => [path].flat()).filter((path) => typeof path === "string");
  });
}

/** Undefined if there is no such file in the repository. */
function textOf(path: string): string | undefined {
  const real = realPath(path);
  const top = repositoryOfFolder(dirname(path), dirname(path));
  if (real === undefined || tryKindOf(real) !== "file" || !isInside(realPath(top) ?? top, real)) return undefined;
  const read = readText(real, real);
  return "text" in read ? read.text : undefined;
}
