import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../tools/commands/index.ts";
import { replay } from "./transcript.ts";

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".md") && name !== "README.md");
const textOf = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");

/** `UPDATE=1 npx vitest run test/cli` updates the transcripts: review the diff before you commit it. */
const update = process.env.UPDATE === "1";

describe("transcripts", () => {
  test.each(files)("%s", { timeout: 120_000 }, async (file) => {
    const replayed = await replay(join(import.meta.dirname, file));
    if (update) writeFileSync(join(import.meta.dirname, file), replayed);
    else expect(replayed).toBe(textOf(file));
  });

  test("contain every command and its help", () => {
    const all = files.map(textOf).join("\n");
    const missing = Object.keys(commands).flatMap((name) =>
      [`$ gitops ${name} --help\n`, `$ gitops ${name}`].filter((line) => !all.includes(line)),
    );
    expect(missing).toEqual([]);
  });
});
