import { basename, dirname, relative, resolve, sep } from "node:path";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import type { Closure } from "../load/closure.ts";
import { type Kustomization, objectOf, referencesOf } from "../load/kustomization.ts";
import { readBytes, realPath, tryKindOf, withTemporaryFolder } from "../system/disk.ts";
import { type TreeEntry, writeTree } from "../system/tree.ts";
import { canonicalValue } from "./canonical.ts";
import { outsideOf } from "./outside.ts";

/** Returns the object for the copy of a kustomization; it must not change the object that it gets. */
export type Edit = (kustomization: Kustomization, object: JsonObject) => JsonObject;

/**
 * Copies the files of a target into a temporary folder while `use` runs: kustomizations, edited or unchanged, and next
 * to each the files that it references outside its folder. This way kustomize can read these files, but no others on
 * the machine.
 *
 * @param folder the absolute path of the target.
 * @param top the real path of the folder that contains all the files.
 * @param use gets the path of the target's copy, and that of the temporary folder.
 * @param edit the change to each kustomization; default: none.
 * @returns the result of `use`.
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

/**
 * The kustomization with references to copies in its folder, and their sources. File names stay: generators use them as
 * keys.
 */
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

/** A value in which the path at the end of the text at a place is replaced with that of the copy. */
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

/** The links to folders; the folders themselves are copied under their own paths. */
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
