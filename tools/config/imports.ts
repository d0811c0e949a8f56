import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { readBytes, tryKindOf } from "../system/disk.ts";

/** Imports in a module: `from "x"`, `import "x"`, `import("x")`, `require("x")`. */
const specifier = /(?:\bfrom|\bimport|\brequire)\s*(?:\(\s*)?(["'])([^"'\n]+)\1/g;

/** Endings that Node tries for `require`; an import names the file itself. */
const endings = ["", ".js", ".cjs", ".json", ".ts"];

/**
 * Reads a module, its relative imports and the package.json of imported packages (for their version), so that an observer
 * of the disk sees them. Imports with computed names are not found.
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

/** Bytes; no handwritten module is larger. */
const largest = 16 * 1024 * 1024;

/** The text of a file; empty if it cannot be read, which is reported when it is loaded. */
function textOf(path: string): string {
  try {
    return readBytes(path, largest).toString("utf8");
  } catch {
    return "";
  }
}
