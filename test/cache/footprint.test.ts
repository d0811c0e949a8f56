import { dirname } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { footprintOf, isConcerned, numbersOf } from "../../tools/cache/footprint.ts";
import { aspects } from "../../tools/system/observe.ts";

const way = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const need = fc.tuple(way, fc.constantFrom(aspects.kind, aspects.content, aspects.kind | aspects.entries));
const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

it("a difference concerns what stands at it or in it, what a file holds and the names of a folder whoever has asked for them; nothing else", () => {
  const some = fc.array(way, { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(need, { maxLength: 6 }), some, some, some, (needs, paths, contents, folders) => {
      const isMeant = needs.some(
        ([own, mask]) =>
          paths.some((path) => isIn(own, path)) ||
          ((mask & aspects.content) !== 0 && contents.includes(own)) ||
          ((mask & aspects.entries) !== 0 && folders.includes(own)),
      );
      expect(isConcerned(footprintOf(needs), numbersOf({ paths, contents, folders }))).toBe(isMeant);
    }),
    { numRuns: 1000 },
  );
});

it("takes names for the same that a disk may take for it", () => {
  const footprint = footprintOf([["Teams/Caf\u00e9/web.yaml", aspects.content]]);
  for (const path of ["teams/caf\u00e9/web.yaml", "teams/cafe\u0301/WEB.yaml", "TEAMS"])
    expect(isConcerned(footprint, numbersOf({ paths: [path], folders: [] })), path).toBe(true);
  expect(isConcerned(footprint, numbersOf({ paths: ["teams/cafe"], folders: [dirname("teams/x")] }))).toBe(false);
});
