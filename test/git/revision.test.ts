import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../tools/core/errors.ts";
import { withRevision } from "../../tools/git/checkout.ts";
import { findRevision } from "../../tools/git/revision.ts";
import { temporaryFolder } from "../run.ts";
import { blob, commit, commitTree, git, newRepository } from "./repository.ts";

/** Every path in a checkout of a revision, with its content. */
async function filesAt(folder: string, ref: string): Promise<Record<string, string>> {
  return withRevision(await findRevision(ref, folder), folder, async (root) => {
    const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
    const content = (path: string) => {
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
      return stat.isFile() ? readFileSync(path, "utf8") : "(folder)";
    };
    return Object.fromEntries(names.map((name) => [name, content(join(root, name))]));
  });
}

describe("the files of a revision", () => {
  test("are those of the commit, not of the working tree", async () => {
    const folder = newRepository();
    commit(folder, {
      "a.yaml": "old",
      "b/c.yaml": "kept",
      "ümlaut name.yaml": "",
      "bin.dat": Buffer.from([0, 255, 10]),
    });
    git(folder, ["tag", "before"]);
    commit(folder, { "a.yaml": "new" });
    writeFileSync(join(folder, "a.yaml"), "not committed");
    const files = await filesAt(folder, "before");
    expect(Object.keys(files)).toEqual(["a.yaml", "b", "b/c.yaml", "bin.dat", "ümlaut name.yaml"].sort());
    expect(files["a.yaml"]).toBe("old");
    expect(readFileSync(join(folder, "a.yaml"), "utf8")).toBe("not committed");
    expect(git(folder, ["status", "--porcelain"])).toBe("M a.yaml");
  });

  test("include symlinks as symlinks, and no submodules", async () => {
    const folder = newRepository();
    commit(folder, { "a.yaml": "x" });
    symlinkSync("../../../etc/passwd", join(folder, "out"));
    symlinkSync("a.yaml", join(folder, "in"));
    git(folder, ["add", "-A"]);
    git(folder, ["update-index", "--add", "--cacheinfo", `160000,${git(folder, ["rev-parse", "HEAD"])},sub`]);
    git(folder, ["commit", "-q", "-m", "Links"]);
    expect(await filesAt(folder, "HEAD")).toEqual({ "a.yaml": "x", in: "-> a.yaml", out: "-> ../../../etc/passwd" });
  });

  test("are never written outside the checkout, whatever their names in a handmade tree", async () => {
    const folder = newRepository();
    commit(folder, { "a.yaml": "x" });
    const evil = blob(folder, "evil");
    const inner = git(folder, ["mktree"], `100644 blob ${evil}\tx.yaml\n`);
    const out = temporaryFolder();
    const link = blob(folder, out);
    const made = commitTree(folder, [
      `120000 blob ${link}\tlink`,
      `100644 blob ${evil}\tgood.yaml`,
      `040000 tree ${inner}\t..`,
      `040000 tree ${inner}\t.git`,
      `040000 tree ${inner}\tlink`,
    ]);
    const files = await filesAt(folder, made);
    expect(files["good.yaml"]).toBe("evil");
    expect(Object.keys(files).filter((path) => path.includes(".git") || path.includes(".."))).toEqual([]);
    expect(readdirSync(out)).toEqual([]);
  });

  test("are removed afterwards, even after an error", async () => {
    const folder = newRepository();
    commit(folder, { "sub/a.yaml": "x" });
    const revision = await findRevision("HEAD", join(folder, "sub"));
    let seen = "";
    const failing = withRevision(revision, join(folder, "sub"), async (root, there) => {
      seen = root;
      expect(there).toBe(join(root, "sub"));
      throw new Error("boom");
    });
    await expect(failing).rejects.toThrow("boom");
    expect(existsSync(seen)).toBe(false);
  });
});

describe("a revision that does not exist", () => {
  const messageOf = async (ref: string, cwd: string) => {
    const error = await findRevision(ref, cwd).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  };

  test("because there is no repository", async () => {
    expect(await messageOf("main", temporaryFolder())).toMatch(/is not in a Git working tree.*run this in a clone/);
  });

  test("because there are no commits", async () => {
    expect(await messageOf("main", newRepository())).toMatch(/it has no commits yet/);
  });

  test("because of a typo, or because it was never fetched", async () => {
    const folder = newRepository();
    commit(folder, { a: "" });
    expect(await messageOf("mian", folder)).toMatch(/no commit "mian".*git fetch origin mian/);
    expect(await messageOf("--upload-pack=touch x", folder)).toMatch(/no commit "--upload-pack=touch x"/);
    expect(await messageOf("main:a", folder)).toMatch(/no commit/);
    git(folder, ["update-ref", "refs/remotes/origin/release", "HEAD"]);
    expect(await messageOf("release", folder)).toMatch(/did you mean origin\/release\?/);
  });

  test("because the clone is shallow", async () => {
    const folder = newRepository();
    const first = commit(folder, { a: "1" });
    commit(folder, { a: "2" });
    const clone = join(temporaryFolder(), "clone");
    mkdirSync(clone);
    git(clone, ["clone", "-q", "--depth=1", `file://${folder}`, "."]);
    expect(await messageOf(first, clone)).toMatch(/the clone is shallow.*git fetch --unshallow.*fetch-depth: 0/);
  });
});
