import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../tools/core/errors.ts";
import {
  listFolder,
  readBytes,
  TooLarge,
  tryKindOf,
  withTemporaryFolder,
  writeFiles,
} from "../../tools/system/disk.ts";
import { tree } from "../load/tree.ts";

describe("writing", () => {
  test("creates folders, and leaves nothing else behind", () => {
    const folder = tree({});
    const path = join(folder, "a/b/c.yaml");
    expect(writeFiles([{ path, content: "x: 1\n" }])).toEqual([path]);
    expect(readFileSync(path, "utf8")).toBe("x: 1\n");
    expect(readdirSync(join(folder, "a/b"))).toEqual(["c.yaml"]);
  });

  test("does not touch a file that is already right", () => {
    const path = join(tree({ a: "same" }), "a");
    utimesSync(path, 1, 1);
    expect(
      writeFiles([
        { path, content: "same" },
        { path: `${path}2`, content: Buffer.from("new") },
      ]),
    ).toEqual([`${path}2`]);
    expect(statSync(path).mtimeMs).toBe(1000);
  });

  test("keeps permissions and symlinks", () => {
    const folder = tree({ a: "old", link: { link: "a" } });
    chmodSync(join(folder, "a"), 0o755);
    writeFiles([{ path: join(folder, "link"), content: "new" }]);
    expect(readlinkSync(join(folder, "link"))).toBe("a");
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o755);
  });

  test.each<[string, string]>([
    ["inside a file", "file/x"],
    ["in place of a folder", "folder"],
    ["where it is not allowed", "/proc/gitops/x"],
  ])("%s is an error that names it", (_, path) => {
    const folder = tree({ file: "kept", "folder/kept": "" });
    const place = path.startsWith("/") ? path : join(folder, path);
    expect(() => writeFiles([{ path: place, content: "x" }])).toThrow(UserError);
    expect(() => writeFiles([{ path: place, content: "x" }])).toThrow(`cannot write ${place}: `);
    expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("kept");
  });

  // The superuser may write anywhere.
  test.skipIf(process.getuid?.() === 0)("in a read-only folder is an error", () => {
    const folder = tree({ "r/a": "kept" });
    chmodSync(join(folder, "r"), 0o555);
    expect(() => writeFiles([{ path: join(folder, "r/a"), content: "x" }])).toThrow("permission denied");
    chmodSync(join(folder, "r"), 0o755);
    expect(readFileSync(join(folder, "r/a"), "utf8")).toBe("kept");
  });
});

describe("reading", () => {
  test("stops at a size", () => {
    const path = join(tree({ a: "12345" }), "a");
    expect(readBytes(path, 5).toString()).toBe("12345");
    expect(() => readBytes(path, 4)).toThrow(TooLarge);
  });

  test.each(["missing", "folder", "file/below"])("%s is an error that names it", (name) => {
    const folder = tree({ file: "", "folder/x": "" });
    expect(() => readBytes(join(folder, name), 100)).toThrow(`${join(folder, name)}`);
    expect(() => readBytes(join(folder, name), 100)).toThrow(UserError);
  });

  test("a folder is listed in order, with the kinds of the targets of symlinks", () => {
    const folder = tree({ b: "", "a/x": "", l: { link: "a" }, gone: { link: "nowhere" } });
    expect(listFolder(folder)).toEqual([
      { name: "a", kind: "folder", link: false },
      { name: "b", kind: "file", link: false },
      { name: "gone", kind: undefined, link: true },
      { name: "l", kind: "folder", link: true },
    ]);
  });

  test("a cycle of symlinks has no kind", () => {
    const folder = tree({ a: { link: "b" }, b: { link: "a" } });
    expect(tryKindOf(join(folder, "a"))).toBeUndefined();
  });
});

test("a temporary folder is removed afterwards, even if its user throws", async () => {
  let seen = "";
  const use = withTemporaryFolder(async (folder) => {
    seen = folder;
    mkdirSync(join(folder, "x"));
    throw new Error("oops");
  });
  await expect(use).rejects.toThrow("oops");
  expect(tryKindOf(seen)).toBeUndefined();
});
