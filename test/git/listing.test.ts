import fc from "fast-check";
import { expect, test } from "vitest";
import { Listing } from "../../tools/git/listing.ts";
import { isPlain } from "../../tools/git/tree.ts";

const name = fc.constantFrom("a", "a.b", "a0", "a-", "b", "é", "😀", "\uFFFF", "..", ".git", "x\\y");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const mode = fc.constantFrom("100644", "100755", "120000", "160000");
const id = (index: number) => String(index).padStart(40, "0");

/** A tree as Git allows it: each path is unique, and no file is also a folder. */
function treeOf(entries: readonly (readonly [string, string])[]) {
  const tree = new Map<string, { readonly mode: string; readonly id: string }>();
  for (const [index, [path, mode]] of entries.entries()) {
    const isFolder = [...tree.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (!isFolder) tree.set(path, { mode, id: id(index) });
  }
  return tree;
}

const printed = ([path, { mode, id }]: readonly [string, { readonly mode: string; readonly id: string }]) =>
  `${mode} ${mode === "160000" ? "commit" : "blob"} ${id}\t${path}\0`;

const byBytes = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) =>
  Buffer.from(one).compare(Buffer.from(other));

test("a listing knows the files, folders and symlinks of a tree, whatever the order of its lines", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(path, mode), { maxLength: 30 }), fc.boolean(), path, (entries, isSorted, other) => {
      const tree = [...treeOf(entries)];
      const listing = new Listing((isSorted ? tree.sort(byBytes) : tree).map(printed).join(""));
      const files = new Map(tree.filter(([path, { mode }]) => mode !== "160000" && isPlain(path)));
      const namesIn = (folder: string) =>
        new Set(
          [...files.keys()]
            .filter((file) => file.startsWith(folder))
            .map((file) => file.slice(folder.length).split("/")[0]),
        );
      for (const queried of [
        other,
        ...tree.flatMap(([path]) => [path, path.slice(0, path.lastIndexOf("/") + 1).slice(0, -1)]),
      ]) {
        const file = files.get(queried);
        expect(listing.file(queried)).toEqual(file && { id: file.id, isLink: file.mode === "120000" });
        const names = namesIn(queried === "" ? "" : `${queried}/`);
        expect(listing.names(queried).length).toBe(names.size);
        expect(new Set(listing.names(queried))).toEqual(names);
        expect(listing.hasFolder(queried)).toBe(queried === "" || names.size > 0);
      }
      expect(listing.links().sort()).toEqual(
        [...files].flatMap(([path, { mode }]) => (mode === "120000" ? [path] : [])).sort(),
      );
    }),
    { numRuns: 500 },
  );
});
