import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const tools = join(import.meta.dirname, "../tools");

/** The other folders of tools/ that a folder imports from, each with a file that does. */
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

/** The files of a chain of imports from one folder to another; undefined if there is none. */
function chain(from: string, to: string, seen = new Set<string>()): string[] | undefined {
  seen.add(from);
  for (const [next, file] of imports.get(from) ?? []) {
    if (next === to) return [file];
    const rest = seen.has(next) ? undefined : chain(next, to, seen);
    if (rest !== undefined) return [file, ...rest];
  }
  return undefined;
}

// For files, the linter checks this.
it.each(folders)("tools/%s is not part of an import cycle", (folder) => {
  expect(chain(folder, folder)).toBeUndefined();
});

it("import chains are followed in one direction only", () => {
  expect(chain("commands", "core")).toBeDefined();
  expect(chain("core", "commands")).toBeUndefined();
});

const contributing = readFileSync(join(tools, "../CONTRIBUTING.md"), "utf8");

it.each(folders)("CONTRIBUTING.md says what tools/%s does", (folder) => {
  expect(contributing).toContain(`\`${folder}\``);
});
