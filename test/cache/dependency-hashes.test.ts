import { dirname } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { differenceHashes, hashesOf, mayAffect } from "../../tools/cache/dependency-hashes.ts";
import { aspects } from "../../tools/system/observe.ts";

const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const need = fc.tuple(path, fc.constantFrom(aspects.kind, aspects.content, aspects.kind | aspects.entries));
const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

it("a changed path affects what depends on it or on anything in it; changed contents and folders affect only those that read them", () => {
  const some = fc.array(path, { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(need, { maxLength: 6 }), some, some, some, (needs, paths, contents, folders) => {
      const expected = needs.some(
        ([own, mask]) =>
          paths.some((path) => isIn(own, path)) ||
          ((mask & aspects.content) !== 0 && contents.includes(own)) ||
          ((mask & aspects.entries) !== 0 && folders.includes(own)),
      );
      expect(mayAffect(hashesOf(needs), differenceHashes({ paths, contents, folders }))).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

it("treats names as equal if a file system may do so", () => {
  const hashes = hashesOf([["Teams/Caf\u00e9/web.yaml", aspects.content]]);
  for (const path of ["teams/caf\u00e9/web.yaml", "teams/cafe\u0301/WEB.yaml", "TEAMS"])
    expect(mayAffect(hashes, differenceHashes({ paths: [path], folders: [] })), path).toBe(true);
  expect(mayAffect(hashes, differenceHashes({ paths: ["teams/cafe"], folders: [dirname("teams/x")] }))).toBe(false);
});
