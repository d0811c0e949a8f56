import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const tools = join(import.meta.dirname, "../tools");

/** By its name, the other folders of tools/ that one imports from, with a file that does. */
function importsOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(tools, folder), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const file = join(folder, name);
    for (const [, path = ""] of readFileSync(join(tools, file), "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
      const [other = ""] = relative(tools, join(tools, dirname(file), path)).split("/");
      if (other !== folder && folders.includes(other)) found.set(other, file);
    }
  }
  return found;
}

const folders = readdirSync(tools, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
const imports = new Map(folders.map((folder) => [folder, importsOf(folder)]));

/** A way from a folder to another one along imports, as files; undefined where there is none. */
function way(from: string, to: string, seen = new Set<string>()): string[] | undefined {
  seen.add(from);
  for (const [next, file] of imports.get(from) ?? []) {
    if (next === to) return [file];
    const rest = seen.has(next) ? undefined : way(next, to, seen);
    if (rest !== undefined) return [file, ...rest];
  }
  return undefined;
}

// Of files, the linter says so.
it.each(folders)("what tools/%s is built on is not built on it", (folder) => {
  expect(way(folder, folder)).toBeUndefined();
});

it("knows who imports whom", () => {
  expect(way("commands", "core")).toBeDefined();
  expect(way("core", "commands")).toBeUndefined();
});
