import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { aspects } from "../../tools/system/observe.ts";
import { didExist, Snapshot, textOfKnown } from "../../tools/system/snapshot.ts";
import { Ways } from "../../tools/system/ways.ts";
import { temporaryFolder } from "../run.ts";

const names = ["a", "b", "link", "broken"];

/** A folder with folders, files and symlinks. */
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

it("a path is plain if none of its parts is a symlink, whether it exists or not", () => {
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

/** Edits of a tree. One whose file is missing does nothing. */
const edits: Readonly<Record<string, (top: string) => void>> = {
  "a folder is moved and replaced by a symlink": (top) => {
    renameSync(join(top, "a"), join(top, "moved"));
    symlinkSync("moved", join(top, "a"));
  },
  "a nested folder is moved and replaced by a symlink": (top) => {
    renameSync(join(top, "a/a"), join(top, "b/moved"));
    symlinkSync("../b/moved", join(top, "a/a"));
  },
  "a file has new content": (top) => writeFileSync(join(top, "a/a/a"), "!"),
  "a file is replaced by an identical one": (top) => {
    writeFileSync(join(top, "b/new"), "");
    renameSync(join(top, "b/new"), join(top, "b/b"));
  },
  "a file is deleted": (top) => rmSync(join(top, "b/b")),
  "a file is added": (top) => writeFileSync(join(top, "a/b/b"), ""),
  "a symlink has a new target": (top) => {
    rmSync(join(top, "link"));
    symlinkSync("b", join(top, "link"));
  },
};

it("what is unchanged by its metadata still has the known value", () => {
  const paths = ["", ...names, ...names.flatMap((one) => names.map((other) => `${one}/${other}`)), "a/a/a", "a/b/b"];
  const masks = [1, 3, 5, 7, 9, 11, 17, 31];
  const all = Object.values(aspects).reduce<number>((sum, aspect) => sum | aspect, 0);
  let taken = 0;
  fc.assert(
    fc.property(fc.shuffledSubarray(Object.keys(edits), { maxLength: 3 }), (some) => {
      const top = tree();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      const before = new Snapshot(() => undefined);
      for (const path of paths) before.look(join(top, path), all);
      const known = new Map(paths.map((path) => [path, before.known(join(top, path))]));
      for (const edit of some) attempt(() => edits[edit]?.(top));
      const now = new Snapshot(() => undefined);
      for (const [path, one] of known) {
        if (one === undefined || !now.isUnchanged(join(top, path), one.stamp, 0, didExist(one.content))) continue;
        taken++;
        const seen = new Snapshot(() => undefined);
        for (const mask of masks) expect(seen.value(join(top, path), mask)).toBe(textOfKnown(one, mask));
      }
    }),
    { numRuns: 60 },
  );
  expect(taken).toBeGreaterThan(300);
});

function attempt(edit: () => void): void {
  try {
    edit();
  } catch {
    // An earlier edit has removed its file.
  }
}
