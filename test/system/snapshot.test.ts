import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Snapshot } from "../../tools/system/snapshot.ts";
import { Ways } from "../../tools/system/ways.ts";
import { temporaryFolder } from "../run.ts";

const names = ["a", "b", "link", "broken"];

/** A folder of folders, files and links. */
function tree(): string {
  const top = temporaryFolder();
  for (const folder of ["a/a", "a/b", "b"]) mkdirSync(join(top, folder), { recursive: true });
  for (const file of ["a/a/a", "b/b"]) writeFileSync(join(top, file), "");
  symlinkSync("a", join(top, "link"));
  symlinkSync("../b", join(top, "a/link"));
  symlinkSync("nowhere", join(top, "broken"));
  return top;
}

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

it("a path is plain where none of its parts is a link, whether anything is there or not", () => {
  const top = tree();
  const hasLink = (path: string): boolean => path !== top && (isLink(path) || hasLink(dirname(path)));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }), (parts) => {
      const path = join(top, ...parts);
      const isPlain = new Snapshot(() => undefined).isPlain(path);
      expect(isPlain).toBe(!hasLink(path));
      if (isPlain) expect(new Ways().of(path)).toEqual([path]);
    }),
    { numRuns: 500 },
  );
});
