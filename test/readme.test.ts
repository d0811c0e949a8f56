import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../tools/commands/index.ts";
import { commit, git } from "./git/repository.ts";
import { gitops, repository } from "./run.ts";

const root = join(import.meta.dirname, "..");

/** `UPDATE=1 npx vitest run test/readme.test.ts` updates the transcripts. */
const update = process.env.UPDATE === "1";

/** What the gate needs to check this repository. */
const parts = ["base", "clusters", "components", "overlays", "policies", "gitops.yaml", "dist", "package.json"];

/** A copy of this repository with the changes of a `diff` block. */
function changed(diff: string): string {
  const folder = repository({});
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  edit(folder, diff);
  return folder;
}

/** Applies the edits of a `diff` block: each has a file name, the line to remove and the line to add. */
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

  /** Compares the nth transcript of a command with its output in a folder, or updates it. */
  async function compare(command: string, nth: number, cwd: string, code: number) {
    const text = readFileSync(file, "utf8");
    const shown = command === "check" ? "check" : `gitops -- ${command}`;
    const block = [...text.matchAll(/(?<=```console\n\$ npm run -s (.+)\n)[\s\S]*?(?=```)/g)].filter(
      ([, run]) => run === shown,
    )[nth];
    const printed = block?.[0] ?? "";
    const result = await gitops(command.split(" "), { cwd });
    if (update && block)
      writeFileSync(file, text.slice(0, block.index) + result.stdout + text.slice(block.index + printed.length));
    else expect(timeless(printed)).toBe(timeless(result.stdout));
    expect([result.code, result.stderr]).toEqual([code, ""]);
  }

  test.each(Object.entries(commands))("shows the usage of %s", async (command, { load }) => {
    const { usage } = (await load()).command;
    const shown = /^\| `(.+?)` /gm;
    const rows = [...readFileSync(file, "utf8").matchAll(shown)].map(([, row = ""]) => row);
    // A usage with alternatives does not fit into the table; the text explains it.
    const row = usage.includes("|") ? expect.stringMatching(`^${command}( |$)`) : `${command} ${usage}`.trimEnd();
    expect(rows).toContainEqual(row);
  });

  test("shows the report on this repository", async () => {
    await compare("check", 0, root, 0);
  });

  test("shows the report on the mistakes", async () => {
    await compare("check", 1, changed(edits(0)), 1);
  });

  test("shows the effect of a merge", async () => {
    const cwd = changed("");
    git(cwd, ["init", "-q"]);
    commit(cwd, {});
    edit(cwd, edits(1));
    await compare("diff HEAD", 0, cwd, 0);
  });
});
