import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../tools/commands/index.ts";
import { commit, git } from "./git/repository.ts";
import { gitops, repository } from "./run.ts";

const root = join(import.meta.dirname, "..");

/** `UPDATE=1 npx vitest run test/readme.test.ts` writes what the commands print now. */
const update = process.env.UPDATE === "1";

/** What is needed to run the gate over this repository. */
const parts = ["base", "clusters", "components", "overlays", "policies", "gitops.yaml", "dist", "package.json"];

/** A copy of this repository with the changes of a `diff` block. */
function changed(diff: string): string {
  const folder = repository({});
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  edit(folder, diff);
  return folder;
}

/** A file's name, then a line that goes and one that comes. */
function edit(folder: string, diff: string): void {
  for (const [, file = "", before = "", after = ""] of diff.matchAll(/^--- (.+)\n-(.+)\n\+(.+)$/gm)) {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text.split(before)).toHaveLength(2);
    writeFileSync(
      join(folder, file),
      text.replace(before, () => after),
    );
  }
}

const timeless = (text: string) => text.replace(/\d+ ms\b/g, "… ms");

describe.each(["README.md", "README.zh.md"])("%s", (name) => {
  const file = join(root, name);

  /** The nth block of edits. */
  const edits = (nth: number) => [...readFileSync(file, "utf8").matchAll(/```diff\n([\s\S]*?)```/g)][nth]?.[1] ?? "";

  /** Holds the nth transcript of a command to what it prints in a folder. */
  async function holds(command: string, nth: number, cwd: string, code: number) {
    const text = readFileSync(file, "utf8");
    const shown = command === "check" ? "check" : `gitops -- ${command}`;
    const block = [...text.matchAll(/(?<=```console\n\$ npm run -s (.+)\n)[\s\S]*?(?=```)/g)].filter(
      ([, run]) => run === shown,
    )[nth];
    const printed = block?.[0] ?? "";
    const ended = await gitops(command.split(" "), { cwd });
    if (update && block)
      writeFileSync(file, text.slice(0, block.index) + ended.stdout + text.slice(block.index + printed.length));
    else expect(timeless(printed)).toBe(timeless(ended.stdout));
    expect([ended.code, ended.stderr]).toEqual([code, ""]);
  }

  test.each(Object.entries(commands))("names the words that %s takes", async (command, { load }) => {
    const { usage } = (await load()).command;
    const shown = /^\| `(.+?)` /gm;
    const rows = [...readFileSync(file, "utf8").matchAll(shown)].map(([, row = ""]) => row);
    // A table has no room for alternatives: its text tells them.
    const row = usage.includes("|") ? expect.stringMatching(`^${command}( |$)`) : `${command} ${usage}`.trimEnd();
    expect(rows).toContainEqual(row);
  });

  test("shows what the gate says of this repository", async () => {
    await holds("check", 0, root, 0);
  });

  test("shows what it says of the slips", async () => {
    await holds("check", 1, changed(edits(0)), 1);
  });

  test("shows what merging does", async () => {
    const cwd = changed("");
    git(cwd, ["init", "-q"]);
    commit(cwd, {});
    edit(cwd, edits(1));
    await holds("diff HEAD", 0, cwd, 0);
  });
});
