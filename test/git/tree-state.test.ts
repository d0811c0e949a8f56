import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Comparisons } from "../../tools/git/comparisons.ts";
import { type TreeState, treeState } from "../../tools/git/tree-state.ts";
import { commit, git, newRepository } from "./repository.ts";

const unknown = () => undefined;

const head = (root: string) => git(root, ["rev-parse", "HEAD"]).trim();

/** A repository with some files, all of them committed. */
function repository(): string {
  const root = newRepository();
  commit(root, { "a/one": "1", "a/two": "2", "b/three": "3", "b/four": "4", ".gitignore": "*.log\n", été: "5" });
  return root;
}

it("lists what was changed, added and deleted since the index was written, including ignored files", async () => {
  const root = repository();
  const before = await treeState(root, unknown);
  expect(before).toMatchObject({ modified: [], gone: [], untracked: [], links: [], blind: [] });
  writeFileSync(join(root, "a/one"), "changed");
  writeFileSync(join(root, "été"), "changed");
  rmSync(join(root, "b"), { recursive: true });
  writeFileSync(join(root, "a/new.log"), "");
  mkdirSync(join(root, "c/d"), { recursive: true });
  const after = await treeState(root, () => before);
  expect(after.index).toBe(before.index);
  expect(after.modified).toEqual(["a/one", "été"]);
  expect([...after.gone].sort()).toEqual(["b", "b/four", "b/three"]);
  expect([...after.untracked].sort()).toEqual(["a/new.log", "c"]);
});

it("treats a file as deleted if something else has replaced it", async () => {
  const root = repository();
  rmSync(join(root, "a/one"));
  symlinkSync("two", join(root, "a/one"));
  renameSync(join(root, "b/four"), join(root, "b/five"));
  const { modified, gone, untracked } = await treeState(root, unknown);
  expect([modified, gone, untracked]).toEqual([[], ["a/one", "b/four"], ["b/five"]]);
});

it("lists symlinks, and files that Git is told not to look at", async () => {
  const root = repository();
  symlinkSync("a", join(root, "link"));
  git(root, ["add", "link"]);
  git(root, ["update-index", "--assume-unchanged", "a/one"]);
  git(root, ["update-index", "--skip-worktree", "b/four"]);
  writeFileSync(join(root, "a/one"), "changed");
  const { modified, links, blind } = await treeState(root, unknown);
  expect([modified, links, blind]).toEqual([[], ["link"], ["a/one", "b/four"]]);
});

it("tells indexes apart, including that of an additional worktree", async () => {
  const root = repository();
  const { index } = await treeState(root, unknown);
  expect(index).not.toBe("");
  const added = join(newRepository(), "added");
  git(root, ["worktree", "add", "-q", added]);
  const other = await treeState(added, unknown);
  expect(other.index).not.toBe("");
  expect(other.index).not.toBe(index);
  git(root, ["rm", "-q", "--cached", "a/one"]);
  const now = await treeState(root, unknown);
  expect([now.index === index, now.untracked]).toEqual([false, ["a/one"]]);
});

it("compares with the commit, and with that of an earlier state if the index differs", async () => {
  const root = repository();
  const [first] = [head(root)];
  const state = (known: () => TreeState | undefined) => new Comparisons(root).state(head(root), known);
  const before = await state(unknown);
  expect(before).toMatchObject({ compared: { commit: first, contents: [], paths: [], folders: [] }, again: undefined });
  expect((await state(() => before)).again).toBeUndefined();
  writeFileSync(join(root, "a/one"), "changed");
  rmSync(join(root, "b"), { recursive: true });
  git(root, ["commit", "-qam", "More"]);
  writeFileSync(join(root, "a/two"), "changed");
  const after = await state(() => before);
  expect(after.compared).toEqual({ commit: head(root), contents: ["a/two"], paths: [], folders: [] });
  expect(after.again?.commit).toBe(first);
  expect([...(after.again?.contents ?? [])].sort()).toEqual(["a/one", "a/two"]);
  expect([...(after.again?.paths ?? [])].sort()).toEqual(["b", "b/four", "b/three"]);
  expect([...(after.again?.folders ?? [])].sort()).toEqual(["", "b"]);
  const lost = { ...before, compared: { commit: "1".repeat(40), contents: [], paths: [], folders: [] } };
  expect((await state(() => lost)).again).toBeUndefined();
});

it("knows how blobs are converted to files, unless a program does it", async () => {
  const root = repository();
  const conversion = async () => (await new Comparisons(root).state(head(root), unknown)).conversion;
  const found = new Set([await conversion()]);
  expect(await conversion()).toBe([...found][0]);
  git(root, ["config", "core.autocrlf", "true"]);
  found.add(await conversion());
  commit(root, { "a/.gitattributes": "*.yaml text\n" });
  found.add(await conversion());
  writeFileSync(join(root, ".git/info/attributes"), "* text=auto\n");
  found.add(await conversion());
  writeFileSync(join(root, "b/.gitattributes"), "*.yaml eol=crlf\n");
  found.add(await conversion());
  expect([found.size, found.has(undefined)]).toEqual([5, false]);
  rmSync(join(root, "b/.gitattributes"));
  commit(root, { ".gitattributes": "*.yaml filter=lfs\n" });
  expect(await conversion()).toBeUndefined();
  commit(root, { ".gitattributes": "" });
  git(root, ["config", "core.attributesFile", "/elsewhere"]);
  expect(await conversion()).toBeUndefined();
});

it("knows no index in a repository without one", async () => {
  expect((await treeState(newRepository(), unknown)).index).toBe("");
});
