import { mkdirSync, realpathSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Memo } from "../../tools/cache/memo.ts";
import type { TreeState } from "../../tools/git/tree-state.ts";
import { aspects } from "../../tools/system/observe.ts";
import { temporaryFolder, tick } from "../run.ts";

const whole = aspects.kind | aspects.place | aspects.content;

const names = ["a", "b", "c"];

/** What is remembered of three folders, in a part each, as it was sealed; and then everything in them changes without a sign. */
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
  const ask = (tree: TreeState | undefined) => {
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
  return { root, folder, state, early, write, ask, fill };
}

const known = names.map((name) => `${name} is one`);
const unknown = names.map(() => undefined);
const knownButForB = ["a is one", undefined, "c is one"];

describe("what Git sees the same again", () => {
  it("is believed to be the same, and not looked at", async () => {
    const { state, write, ask, fill } = await setting();
    fill(state);
    expect(ask(state)).toEqual(known);
    write("two");
    expect(ask(state)).toEqual(known);
    expect(ask(undefined)).toEqual(unknown);
  });

  const changes: Readonly<Record<string, Partial<TreeState>>> = {
    "a file is modified": { modified: ["b/file"] },
    "a file is gone": { gone: ["b/other"] },
    "a file has come": { untracked: ["b/other"] },
    "a folder is not tracked": { untracked: ["b"] },
    "Git was told not to look": { blind: ["b/file"] },
    "a link is on the way": { links: ["b"] },
  };
  for (const [what, change] of Object.entries(changes))
    it(`concerns those that depend on it, where ${what}`, async () => {
      const { state, write, ask, fill } = await setting();
      fill(state);
      write("two");
      expect(ask({ ...state, ...change })).toEqual(knownButForB);
    });

  it("may be anything where it was so before, and for whoever depends on that alone", async () => {
    const { state, write, ask, fill } = await setting();
    fill({ ...state, modified: ["b/file"], untracked: ["node_modules"] });
    write("two");
    expect(ask({ ...state, untracked: ["node_modules"] })).toEqual(knownButForB);
  });

  it("is not believed of another index, nor where Git had no answer", async () => {
    const { state, write, ask, fill } = await setting();
    fill(state);
    write("two");
    for (const index of ["other", ""]) expect(ask({ ...state, index })).toEqual(unknown);
    expect(ask({ ...state, untracked: Array.from({ length: 6000 }, (_, index) => `${index}`) })).toEqual(unknown);
  });

  describe("by a commit, where the index is another one,", () => {
    const compared = (...contents: string[]) => ({ commit: "c", contents, paths: [], folders: [] });
    const sealedAt = async (paths: readonly string[] = []) => {
      const found = await setting();
      found.fill({ ...found.state, conversion: "as it is", compared: compared(...paths) });
      found.write("two");
      return { ...found, now: { ...found.state, index: "other", conversion: "as it is", again: compared() } };
    };

    it("is believed but for what differs from it", async () => {
      const { ask, now } = await sealedAt();
      expect(ask(now)).toEqual(known);
      expect(ask({ ...now, again: compared("b/file") })).toEqual(knownButForB);
      expect(ask({ ...now, blind: ["b/file"] })).toEqual(knownButForB);
      expect(ask({ ...now, untracked: ["b/other"] })).toEqual(knownButForB);
    });

    it("is not believed of what differed from it when it was sealed", async () => {
      const { ask, now } = await sealedAt(["b/file"]);
      expect(ask(now)).toEqual(knownButForB);
    });

    it("is believed of no other commit, nor where files are made of blobs in another way", async () => {
      const { ask, now } = await sealedAt();
      expect(ask({ ...now, again: { ...compared(), commit: "d" } })).toEqual(unknown);
      expect(ask({ ...now, again: undefined })).toEqual(unknown);
      for (const conversion of ["other", undefined]) expect(ask({ ...now, conversion })).toEqual(unknown);
    });
  });

  it("is looked at where Git does not track it, and says of it no more than that", async () => {
    const { root, state, ask, fill } = await setting();
    fill({ ...state, untracked: ["B/File"] });
    const now = { ...state, untracked: ["B/File"] };
    expect(ask(now)).toEqual(known);
    writeFileSync(join(root, "b/file"), "two");
    expect(ask(now)).toEqual(knownButForB);
  });

  it("is looked at where Git does not look: beyond the repository, and for repositories within it", async () => {
    const { root, folder, state, write, ask, fill } = await setting();
    fill(state);
    write("two");
    mkdirSync(join(root, "b/.git"));
    expect(ask(state)).toEqual(knownButForB);
    writeFileSync(join(folder, "elsewhere"), "");
    expect(ask(state)).toEqual(unknown);
  });

  it("is not sealed where it may have changed after Git had looked", async () => {
    const { state, early, write, ask, fill } = await setting();
    fill({ ...state, at: early });
    expect(ask(state)).toEqual(known);
    write("two");
    expect(ask(state)).toEqual(unknown);
  });
});
