import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isObject, type Json } from "../../tools/core/json.ts";
import { type Resource, resourceId, resourceOf } from "../../tools/core/resource.ts";
import { readManifest } from "../../tools/parse/file.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { check, repository } from "../run.ts";

const root = import.meta.dirname;

const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory()
      ? files(path)
      : /\.yaml$/.test(name) && !/^(?:kustomization|gitops)\./.test(name)
        ? [path]
        : [];
  });

/** The documents of all fixtures and of real charts, in sets. */
const sets = [root, join(root, "../real-input/charts")]
  .flatMap(files)
  .map((path) => readManifest({ text: readFileSync(path, "utf8") }, path).resources)
  .filter((resources) => resources.length > 0);

const schemas = await loadSchemas();
const options = { versions: ["1.33", "1.36"], schemas };

/** Rules about the order of a plain apply: their findings may depend on the order of documents. */
const orderDependent = new Set(["discovery/env-order"]);

async function judge(resources: readonly Resource[]): Promise<string[]> {
  const target = { path: "shop", kind: "manifests" } as const;
  const { problems, crashes } = await evaluate(rules, { target, resources, versions: options.versions });
  expect(crashes).toEqual([]);
  const found = problems
    .filter(({ rule }) => !orderDependent.has(rule))
    .map(({ rule, pointer, of }) => `${of ? resourceId(of) : ""} ${pointer} ${rule}`);
  const validated = resources.flatMap((resource) =>
    validate(resource, options).problems.map(
      ({ rule, pointer, message }) => `${resourceId(resource)} ${pointer} ${rule} ${message}`,
    ),
  );
  return [...found, ...validated].sort();
}

/** A copy with the keys of every object in an order that depends on a seed. */
function reordered(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((element) => reordered(element, seed));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reordered(inner, seed)] as const);
  return Object.fromEntries(shuffled(entries, seed));
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const rank = (index: number) => ((index + 1) * (seed | 1) * 2_654_435_761) % 4_294_967_291;
  return list
    .map((item, index) => [rank(index), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

test("findings do not depend on the order of keys and documents", async () => {
  expect(sets.length).toBeGreaterThan(100);
  await fc.assert(
    fc.asyncProperty(fc.nat(sets.length - 1), fc.nat(100_000), async (which, seed) => {
      const resources = sets[which] as readonly Resource[];
      const other = shuffled(resources, seed).map(({ object }) => resourceOf(reordered(object, seed) as typeof object));
      expect(await judge(other)).toEqual(await judge(resources));
    }),
    { numRuns: 400 },
  );
}, 60_000);

test("findings do not depend on the order of files", async () => {
  const paths = readdirSync(join(root, "link")).flatMap((rule) => files(join(root, "link", rule)));
  const documents = paths
    .map((path): [string, string[]] => [
      path.slice(root.length + 1).replaceAll("/", "-"),
      readFileSync(path, "utf8").split(/^---$/m),
    ])
    .filter(([, parts]) => parts.some((text) => /^apiVersion:/m.test(text)));
  const filesIn = (reversed: boolean) =>
    Object.fromEntries(
      documents.flatMap(([name, parts]) =>
        parts.map((text, index) => [`${name}/${reversed ? parts.length - index : index + 10}.yaml`, text]),
      ),
    );
  const findingsIn = async (reversed: boolean) => {
    const { report } = await check(
      documents.map(([name]) => name),
      { cwd: repository(filesIn(reversed)) },
    );
    return report.findings
      .map(({ target, rule, resource, pointer }) => [target, rule, resource, pointer].join(" "))
      .sort();
  };
  const one = await findingsIn(false);
  expect(one.filter((line) => line.includes(" link/")).length).toBeGreaterThan(15);
  expect(await findingsIn(true)).toEqual(one);
});

test("findings do not depend on the order of targets", async () => {
  const targets = readdirSync(join(root, "link")).flatMap((rule) => [`link/${rule}`]);
  const [one, other] = await Promise.all(
    [targets, targets.toReversed()].map(async (order) => (await check(order, { cwd: root })).report),
  );
  expect(one?.findings.length).toBeGreaterThan(20);
  expect(other?.findings).toEqual(one?.findings);
});
