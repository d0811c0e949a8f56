import { basename, dirname, relative, resolve, sep } from "node:path";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import type { Closure } from "../load/closure.ts";
import { type Kustomization, objectOf, referencesOf } from "../load/kustomization.ts";
import { readBytes, realPath, tryKindOf, withTemporaryFolder } from "../system/disk.ts";
import { type TreeEntry, writeTree } from "../system/tree.ts";
import { canonicalValue } from "./canonical.ts";
import { outsideOf } from "./outside.ts";

/** What is to be different in the copy of a kustomization; the object itself is left as it is. */
export type Edit = (kustomization: Kustomization, object: JsonObject) => JsonObject;

/**
 * Copies what a target reaches into a temporary folder for as long as `use` takes: kustomizations, edited or as they are, and
 * the files that one names outside of its folder beside it. That is how kustomize reads these without being allowed to read
 * whatever it is told to.
 *
 * @param folder of the target, absolute
 * @param top the folder that holds all of it, by its real path
 * @param use gets the target's copy, and the folder around everything
 */
export function withStaged<T>(
  folder: string,
  reached: Closure,
  top: string,
  use: (copy: string, temporary: string) => Promise<T>,
  edit: Edit = (_, object) => object,
): Promise<T> {
  const place = (path: string) => relative(top, path).split(sep).join("/");
  return withTemporaryFolder(async (temporary) => {
    const changed = new Map<string, Uint8Array>();
    const copies: TreeEntry[] = [];
    for (const kustomization of reached.kustomizations) {
      const { object, files } = inlined(kustomization);
      const edited = edit(kustomization, object);
      if (edited !== objectOf(kustomization))
        changed.set(place(kustomization.file), Buffer.from(canonicalValue(edited)));
      copies.push(...files.map(([path, from]) => fileEntry(from, () => place(path))));
    }
    const files = [...reached.files.map((path) => fileEntry(path, place)), ...linksOf(reached, place), ...copies];
    writeTree(
      temporary,
      files.map((entry) => ({ ...entry, content: changed.get(entry.path) ?? entry.content })),
    );
    return use(resolve(temporary, place(realPath(folder) ?? folder)), temporary);
  });
}

/** A kustomization that names copies in its own folder, and where these come from. Generators call keys after files: the name stays. */
function inlined(kustomization: Kustomization) {
  const folder = dirname(kustomization.file);
  const files: [path: string, from: string][] = [];
  let object = objectOf(kustomization);
  for (const [index, { path, pointer, document }] of outsideOf(kustomization).entries()) {
    if (document !== 0) continue;
    const copy = `.outside-${index}/${basename(path)}`;
    files.push([resolve(folder, copy), resolve(folder, path)]);
    object = replaced(object, tokens(pointer), path, copy) as JsonObject;
  }
  return { object, files };
}

/** A value in which the text at a place ends in another path. */
function replaced(value: Json | undefined, way: readonly string[], path: string, copy: string): Json {
  const [first, ...rest] = way;
  if (typeof value === "string") return value.slice(0, value.length - path.length) + copy;
  if (first === undefined || value === undefined) return value ?? null;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === first ? replaced(item, rest, path, copy) : item));
  if (!isObject(value)) return value;
  return { ...value, [first]: replaced(value[first], rest, path, copy) };
}

const maxFile = 64 * 1024 * 1024;

function fileEntry(path: string, place: (path: string) => string): TreeEntry {
  return { path: place(path), content: readBytes(path, maxFile), isLink: false };
}

/** Links to folders: what they lead to is there by its own path. */
function linksOf({ kustomizations }: Closure, place: (path: string) => string): TreeEntry[] {
  return kustomizations.flatMap((kustomization) =>
    referencesOf(kustomization).references.flatMap(({ path }) => {
      const named = resolve(dirname(kustomization.file), path);
      const real = realPath(named);
      if (real === undefined || real === named || tryKindOf(real) !== "folder") return [];
      return [{ path: place(named), content: Buffer.from(relative(dirname(named), real)), isLink: true }];
    }),
  );
}
