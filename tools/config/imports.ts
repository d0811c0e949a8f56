import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { readBytes, tryKindOf } from "../system/disk.ts";

/** Where modules name others: `from "x"`, `import "x"`, `import("x")`, `require("x")`. */
const specifier = /(?:\bfrom|\bimport|\brequire)\s*(?:\(\s*)?(["'])([^"'\n]+)\1/g;

/** Endings that Node tries for `require` alone; an import names the file. */
const endings = ["", ".js", ".cjs", ".json", ".ts"];

/**
 * Reads a module and all that it imports by relative paths, and of packages the package.json, which names the version: for
 * whoever observes what the disk is asked. What is imported by a computed name is not found.
 *
 * @param path absolute
 * @returns the paths of the modules
 */
export function readImports(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, , name = ""] of textOf(path).matchAll(specifier)) {
    if (/^\.{1,2}\//.test(name)) {
      const found = endings
        .map((ending) => resolve(dirname(path), name + ending))
        .find((it) => tryKindOf(it) === "file");
      if (found !== undefined) readImports(found, seen);
    } else if (!name.startsWith("node:")) readManifest(name, path);
  }
  return seen;
}

function readManifest(name: string, from: string): void {
  const parts = name.split("/");
  const id = parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
  for (const folder of createRequire(from).resolve.paths(id) ?? []) {
    const manifest = resolve(folder, id, "package.json");
    if (tryKindOf(manifest) !== "file") continue;
    textOf(manifest);
    return;
  }
}

/** Bytes; what is larger is no module that a person wrote. */
const largest = 16 * 1024 * 1024;

/** Who cannot read it will say so when it is loaded. */
function textOf(path: string): string {
  try {
    return readBytes(path, largest).toString("utf8");
  } catch {
    return "";
  }
}
