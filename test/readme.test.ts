import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gitops, repository } from "./run.ts";

const root = join(import.meta.dirname, "..");

/** `UPDATE=1 npx vitest run test/readme.test.ts` writes what the commands print now. */
const update = process.env.UPDATE === "1";

/** What is needed to run the gate over this repository. */
const parts = ["base", "clusters", "components", "overlays", "policies", "gitops.yaml", "dist", "package.json"];

/** A copy of this repository with the changes of a `diff` block: a file's name, then lines that go and lines that come. */
function changed(diff: string): string {
  const folder = repository({});
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const [, file = "", before = "", after = ""] of diff.matchAll(/^--- (.+)\n-(.+)\n\+(.+)$/gm)) {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text.split(before)).toHaveLength(2);
    writeFileSync(
      join(folder, file),
      text.replace(before, () => after),
    );
  }
  return folder;
}

const timeless = (text: string) => text.replace(/\d+ ms\b/g, "… ms");

describe.each(["README.md", "README.zh.md"])("%s", (name) => {
  const file = join(root, name);

  /** Holds the nth transcript of `npm run -s check` to what the gate prints in a folder. */
  async function holds(nth: number, cwd: string, code: number) {
    const text = readFileSync(file, "utf8");
    const block = [...text.matchAll(/(?<=```console\n\$ npm run -s check\n)[\s\S]*?(?=```)/g)][nth];
    const printed = block?.[0] ?? "";
    const ended = await gitops(["check"], { cwd });
    if (update && block)
      writeFileSync(file, text.slice(0, block.index) + ended.stdout + text.slice(block.index + printed.length));
    else expect(timeless(printed)).toBe(timeless(ended.stdout));
    expect([ended.code, ended.stderr]).toEqual([code, ""]);
  }

  test("shows what the gate says of this repository", async () => {
    await holds(0, root, 0);
  });

  test("shows what it says of the slips", async () => {
    const [, diff = ""] = /```diff\n([\s\S]*?)```/.exec(readFileSync(file, "utf8")) ?? [];
    expect(diff).not.toBe("");
    await holds(1, changed(diff), 1);
  });
});
