import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../../run.ts";

const root = join(import.meta.dirname, "../../..");
const recipesIn = async (folder: string, time = 0) =>
  (await import(/* @vite-ignore */ `${join(folder, "test/e2e/images/recipes.mjs")}?${time}`)) as {
    recipeOf(name: string): { name: string; tag: string; folder: string; standsIn: boolean; key: string };
  };
const { recipeOf } = await recipesIn(root);

describe("images", () => {
  test("are built without a registry only with --offline", async () => {
    const { code, stderr } = await run(process.execPath, ["test/e2e/images/run.mjs"], { cwd: root });
    expect(stderr).toContain("--offline is missing");
    expect(code).toBe(2);
  });

  test.each([
    { name: "redis:8.8.3-alpine", folder: "test/e2e/images/redis", standsIn: true },
    { name: "gcr.io/google-samples/gb-frontend:v4", folder: "test/e2e/images/gb-frontend", standsIn: true },
    { name: "ghcr.io/guestbook-gitops/frontend:0.1.0", folder: "images/frontend", standsIn: false },
    { name: `ghcr.io/somebody/frontend@sha256:${"0a".repeat(32)}`, folder: "images/frontend", standsIn: false },
    { name: `redis:8.8.3-alpine@sha256:${"0a".repeat(32)}`, folder: "test/e2e/images/redis", standsIn: true },
  ])("$name is built from $folder", ({ name, folder, standsIn }) => {
    expect(recipeOf(name)).toMatchObject({ name, folder: join(root, folder), standsIn });
  });

  test.each([
    ["redis:8", "redis:8"],
    ["redis:8@sha256:0a", "redis:8"],
    ["redis@sha256:0a", "redis:pinned"],
    ["registry:5000/redis@sha256:0a", "registry:5000/redis:pinned"],
  ])("%s is built as %s", (name, tag) => {
    expect(recipeOf(name)).toMatchObject({ name, tag });
  });

  test("an image with neither a source nor a stand-in is an error", () => {
    expect(() => recipeOf("example.com/shop/cart:1")).toThrow("example.com/shop/cart:1: there is neither a source");
    // An official image does not match a folder of the same name in images/.
    expect(() => recipeOf("frontend:1")).toThrow("neither");
  });

  test("a different content, name or base makes a different archive", async () => {
    const copy = temporaryFolder();
    cpSync(join(root, "test/e2e/images"), join(copy, "test/e2e/images"), { recursive: true });
    const write = (file: string) => writeFileSync(join(copy, "test/e2e/images", file), "// other\n");
    const keys = [(await recipesIn(copy, 1)).recipeOf("redis:7").key];
    expect((await recipesIn(copy, 2)).recipeOf("redis:7").key).toBe(keys[0]);
    keys.push((await recipesIn(copy, 3)).recipeOf("redis:8").key);
    write("debian/apt.conf");
    keys.push((await recipesIn(copy, 4)).recipeOf("redis:7").key);
    write("redis/docker-entrypoint.sh");
    keys.push((await recipesIn(copy, 5)).recipeOf("redis:7").key);
    expect(new Set(keys).size).toBe(4);
  });
});
