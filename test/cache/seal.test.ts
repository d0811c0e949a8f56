import { mkdirSync, realpathSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Memo } from "../../tools/cache/memo.ts";
import type { TreeState } from "../../tools/git/tree-state.ts";
import { aspects } from "../../tools/system/observe.ts";
import { temporaryFolder, tick } from "../run.ts";

const whole = aspects.kind | aspects.place | aspects.content;

const names = ["a", "b", "c"];

/** A memory of three folders, one per part, that can be sealed; `write` then changes their files without changing the times. */
async function setting() {
  const [root, folder] = [realpathSync(temporaryFolder()), temporaryFolder()];
  const memory = join(folder, `${"m".repeat(22)}.json`);
  const open = () => new Memo(memory, 1);
  const write = (text: string) => {
    for (const name of names) {
      mkdirSync(join(root, name), { recursive: true });
      writeFileSync(join(root, name, "file"), text);
      utimesSync(join(root, name, "file"), 1, 1);
    }
  };
  const recall = (tree: TreeState | undefined) => {
    const memo = open();
    if (tree !== undefined) memo.trust(tree);
    return names.map((name) => memo.get(name));
  };
  write("one");
  const early = Date.now() - 60_000;
  await tick();
  const state: TreeState = {
    root,
    at: Date.now(),
    index: "index",
    modified: [],
    gone: [],
    untracked: [],
    links: [],
    blind: [],
    attributes: [],
  };
  const fill = (tree: TreeState) => {
    const memo = open();
    memo.trust(tree);
    for (const name of names) {
      const recording = memo.recording();
      recording.see(join(root, name), aspects.kind | aspects.entries);
      recording.see(join(root, name, "file"), whole);
      recording.see(join(root, name, ".git"), aspects.kind);
      recording.see(join(root, name, "no/such/file"), aspects.kind);
      recording.see(join(folder, "elsewhere"), whole);
      memo.put(name, recording, `${name} is one`);
    }
    memo.save(100);
  };
  return { root, folder, state, early, write, recall, fill };
}

const known = names.map((name) => `${name} is one`);
const unknown = names.map(() => undefined);
const knownButForB = ["a is one", undefined, "c is one"];

describe("what is unchanged according to Git", () => {
  it("is trusted to be the same, and not read", async () => {
    const { state, write, recall, fill } = await setting();
    fill(state);
    expect(recall(state)).toEqual(known);
    write("two");
    expect(recall(state)).toEqual(known);
    expect(recall(undefined)).toEqual(unknown);
  });

  const changes: Readonly<Record<string, Partial<TreeState>>> = {
    "a file is modified": { modified: ["b/file"] },
    "a file is deleted": { gone: ["b/other"] },
    "a file is added": { untracked: ["b/other"] },
    "a folder is not tracked": { untracked: ["b"] },
    "Git is told not to look": { blind: ["b/file"] },
    "a symlink is on the path": { links: ["b"] },
  };
  for (const [what, change] of Object.entries(changes))
    it(`does not include what depends on a change: ${what}`, async () => {
      const { state, write, recall, fill } = await setting();
      fill(state);
      write("two");
      expect(recall({ ...state, ...change })).toEqual(knownButForB);
    });

  it("does not include what was modified or untracked before", async () => {
    const { state, write, recall, fill } = await setting();
    fill({ ...state, modified: ["b/file"], untracked: ["node_modules"] });
    write("two");
    expect(recall({ ...state, untracked: ["node_modules"] })).toEqual(knownButForB);
  });

  it("is not trusted with another index, or without an answer from Git", async () => {
    const { state, write, recall, fill } = await setting();
    fill(state);
    write("two");
    for (const index of ["other", ""]) expect(recall({ ...state, index })).toEqual(unknown);
    expect(recall({ ...state, untracked: Array.from({ length: 6000 }, (_, index) => `${index}`) })).toEqual(unknown);
  });

  describe("compared to a commit, with another index,", () => {
    const compared = (...contents: string[]) => ({ commit: "c", contents, paths: [], folders: [] });
    const sealedAt = async (paths: readonly string[] = []) => {
      const found = await setting();
      found.fill({ ...found.state, conversion: "as it is", compared: compared(...paths) });
      found.write("two");
      return { ...found, now: { ...found.state, index: "other", conversion: "as it is", again: compared() } };
    };

    it("is trusted, except for what differs from the commit", async () => {
      const { recall, now } = await sealedAt();
      expect(recall(now)).toEqual(known);
      expect(recall({ ...now, again: compared("b/file") })).toEqual(knownButForB);
      expect(recall({ ...now, blind: ["b/file"] })).toEqual(knownButForB);
      expect(recall({ ...now, untracked: ["b/other"] })).toEqual(knownButForB);
    });

    it("is not trusted for what differed from the commit when it was sealed", async () => {
      const { recall, now } = await sealedAt(["b/file"]);
      expect(recall(now)).toEqual(knownButForB);
    });

    it("is not trusted for another commit, or if blobs are converted to files in another way", async () => {
      const { recall, now } = await sealedAt();
      expect(recall({ ...now, again: { ...compared(), commit: "d" } })).toEqual(unknown);
      expect(recall({ ...now, again: undefined })).toEqual(unknown);
      for (const conversion of ["other", undefined]) expect(recall({ ...now, conversion })).toEqual(unknown);
    });
  });

  it("is read if it stays untracked", async () => {
    const { root, state, recall, fill } = await setting();
    fill({ ...state, untracked: ["B/File"] });
    const now = { ...state, untracked: ["B/File"] };
    expect(recall(now)).toEqual(known);
    writeFileSync(join(root, "b/file"), "two");
    expect(recall(now)).toEqual(knownButForB);
  });

  it("is read where Git does not look: outside the repository, and in repositories within it", async () => {
    const { root, folder, state, write, recall, fill } = await setting();
    fill(state);
    write("two");
    mkdirSync(join(root, "b/.git"));
    expect(recall(state)).toEqual(knownButForB);
    writeFileSync(join(folder, "elsewhere"), "");
    expect(recall(state)).toEqual(unknown);
  });

  it("is not sealed if it may have changed after Git looked", async () => {
    const { state, early, write, recall, fill } = await setting();
    fill({ ...state, at: early });
    expect(recall(state)).toEqual(known);
    write("two");
    expect(recall(state)).toEqual(unknown);
  });
});
