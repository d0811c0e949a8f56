import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isFresh, markFresh } from "../tools/fresh.mjs";
import { tree } from "./load/tree.ts";

const entries = { gitops: "tools/cli.ts" };

/** A build of two sources, one of which only the build knows about. */
function built() {
  const folder = tree({ "tools/cli.ts": "1", "shared/other.ts": "2", "out/gitops.js": "3", "out/chunks/a.js": "4" });
  const at = (file: string) => join(folder, file);
  const source = at("tools/cli.ts");
  markFresh(at("out"), entries, [source, at("shared/other.ts")]);
  return { at, isStillFresh: (sources = [source], of: object = entries) => isFresh(at("out"), of, sources) };
}

test("a build of unchanged sources is fresh", () => {
  expect(built().isStillFresh()).toBe(true);
});

test.each<[string, (build: ReturnType<typeof built>) => void]>([
  ["a changed source", ({ at }) => appendFileSync(at("tools/cli.ts"), "x")],
  ["a changed source that only the build knows about", ({ at }) => writeFileSync(at("shared/other.ts"), "3")],
  ["a deleted source", ({ at }) => rmSync(at("shared/other.ts"))],
  ["a deleted output file", ({ at }) => rmSync(at("out/chunks/a.js"))],
  ["a truncated output file", ({ at }) => truncateSync(at("out/gitops.js"))],
  ["an interrupted build", ({ at }) => rmSync(at("out/built.json"))],
  ["a damaged build record", ({ at }) => truncateSync(at("out/built.json"), 20)],
])("%s makes a build stale", (_, change) => {
  const build = built();
  change(build);
  expect(build.isStillFresh()).toBe(false);
});

test("a new source or other entries make a build stale", () => {
  const { at, isStillFresh } = built();
  mkdirSync(at("policies"));
  writeFileSync(at("policies/new.ts"), "");
  expect(isStillFresh([at("tools/cli.ts"), at("policies/new.ts")])).toBe(false);
  expect(isStillFresh([at("tools/cli.ts")], { ...entries, policy: "tools/policy/define.ts" })).toBe(false);
});
