import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../tools/core/errors.ts";
import { filesOf, wholeFiles } from "../../tools/drift/patch.ts";
import { temporaryFolder, writeFilesIn } from "../run.ts";

const folder = temporaryFolder();

/** The output of the real `diff`, run as kubectl diff does. */
function diffOf(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  for (const [name, files] of [
    ["LIVE", before],
    ["MERGED", after],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFilesIn(join(folder, name), files);
  }
  try {
    return execFileSync("diff", ["-u", "-N", "-U", String(wholeFiles), "LIVE", "MERGED"], {
      cwd: folder,
      encoding: "utf8",
    });
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}

test("both sides of each file are recovered, whatever they contain", () => {
  // No carriage returns or NUL: the YAML that kubectl writes has neither.
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom("--- a", "+++ b", "@@ -1,2 +1,2 @@", "\\ No newline", "diff -u", "- x", "+ y", ""),
        fc.string({ maxLength: 9 }),
      ),
    )
    .map((lines) => lines.map((line) => line.replace(/[\r\n\0]/g, "")).join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after && before !== `${after}\n` && after !== `${before}\n`);
      const [found, ...others] = filesOf(diffOf({ a: `${before}\n` }, { a: `${after}\n` }));
      expect(others).toEqual([]);
      expect(found).toEqual({ before, after });
    }),
    { numRuns: 100 },
  );
});

test("several files, one of them new", () => {
  const found = filesOf(diffOf({ a: "x: 1\n", b: "y: 1\n", c: "" }, { a: "x: 2\n", b: "y: 1\n", c: "z: 1\n" }));
  expect(found).toEqual([
    { before: "x: 1", after: "x: 2" },
    { before: "", after: "z: 1" },
  ]);
});

test.each(["@@ -1,2 +1,2 @@\n x\n", "@@ -1 +1 @@\n?x\n"])("truncated output is rejected: %j", (text) => {
  expect(() => filesOf(text)).toThrow(UserError);
});
