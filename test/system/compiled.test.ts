import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { gitops, repository } from "../run.ts";

const pod = {
  "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b:1}]}\n",
};

describe("the cache of compiled code", () => {
  let folder = "";
  let compiled = "";

  // Next to the build, because the program needs node_modules.
  beforeAll(() => {
    const build = dirname(inject("gitops"));
    folder = mkdtempSync(join(dirname(build), "gitops-"));
    for (const part of ["gitops.js", "package.json", "chunks"])
      cpSync(join(build, part), join(folder, part), { recursive: true });
    compiled = join(folder, "compiled");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => rmSync(compiled, { recursive: true, force: true }));

  const check = async () => {
    const program = join(folder, "gitops.js");
    const { code, stdout, stderr } = await gitops(["check", "--no-cache", "."], { cwd: repository(pod), program });
    return { code, stderr, stdout: stdout.replace(/\d+ ms/, "") };
  };
  const files = () =>
    readdirSync(compiled, { recursive: true, encoding: "utf8" })
      .map((name) => join(compiled, name))
      .filter((path) => statSync(path).isFile());

  test("the second run finds the code of the first, and writes nothing", async () => {
    const first = await check();
    const written = files().map((path) => [path, statSync(path).mtimeMs]);
    expect(written.length).toBeGreaterThan(2);
    // Two versions of Node with the same version of V8 crash on each other's code.
    expect(readdirSync(compiled)).toEqual([expect.stringContaining(process.version)]);
    expect(await check()).toEqual(first);
    expect(files().map((path) => [path, statSync(path).mtimeMs])).toEqual(written);
  });

  test.each<[string, (code: Buffer) => Uint8Array]>([
    ["empty", () => Buffer.alloc(0)],
    ["cut off", (code) => code.subarray(0, code.length / 2)],
    ["damaged", (code) => code.map((byte, at) => (at === code.length >> 1 ? byte ^ 1 : byte))],
    ["something else", (code) => Buffer.alloc(code.length, "x")],
  ])("files that are %s are compiled again", async (_, damage) => {
    const first = await check();
    for (const path of files()) writeFileSync(path, damage(readFileSync(path)));
    expect(await check()).toEqual(first);
    expect(await check()).toEqual(first);
  });

  test("a folder that cannot be written is no error", async () => {
    const first = await check();
    rmSync(compiled, { recursive: true });
    writeFileSync(compiled, "");
    expect(await check()).toEqual(first);
  });
});
