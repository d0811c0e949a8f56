import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { isObject, type JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { parseContracts } from "../../tools/policy/contracts.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";
import { duplicateResources, loadSchemas, validate } from "../../tools/validate/index.ts";
import { pinnedKustomize } from "../run.ts";
import { recordOf } from "./record.ts";
import { idOf, isShown, patched, readVariants, type Variant } from "./variants.ts";

// The gate's side of the table: it finds each mistake that cluster.ts shows, at its place, and nothing else, and it finds
// nothing in the fixed copy.

const variants = readVariants();
const overlays = [...new Set(variants.map(({ overlay }) => overlay))];
const rendered = Object.fromEntries(overlays.map((overlay) => [overlay, build(join(import.meta.dirname, overlay))]));
const contracts = parseContracts(readFileSync("policies/contracts.yaml", "utf8"), "contracts.yaml");
const schemas = await loadSchemas();
const versions = ["1.36"];

function build(folder: string): JsonObject[] {
  const text = execFileSync(pinnedKustomize(), ["build", folder], { encoding: "utf8" });
  return (loadAll(text) as JsonObject[]).filter(isObject);
}

/** Rules about hardening and reliability are ignored: this is about what does not work. */
const isAdvice = (rule: string): boolean => /^(?:security|reliability)\//.test(rule);

async function judge(objects: readonly JsonObject[]): Promise<string[]> {
  const target = { path: "guestbook", kind: "kustomization" } as const;
  const resources = objects.map((object) => resourceOf(object));
  const { problems, crashes } = await evaluate(rules, { target, resources, contracts, versions });
  expect(crashes).toEqual([]);
  const rejected = [
    ...duplicateResources(resources).map(({ problem, resource }) => ({ ...problem, of: resource })),
    ...resources.flatMap((of) => validate(of, { versions, schemas }).problems.map((problem) => ({ ...problem, of }))),
  ];
  const found = [...problems, ...rejected]
    .filter(({ rule }) => !isAdvice(rule))
    .map(({ rule, pointer, of }) => `${rule} ${of ? idOf(of.object) : ""} ${pointer}`.trim());
  return [...new Set(found)].sort();
}

test("the names of variants are unique", () => {
  const names = variants.map(({ rule, name }) => `${rule} ${name}`);
  expect(names).toEqual([...new Set(names)]);
});

test("there are enough variants, and some for every rule about what works", () => {
  const shown = variants.filter(isShown);
  expect(shown.length).toBeGreaterThanOrEqual(60);
  const families = rules.map(({ id }) => id).filter((id) => /^(?:link|discovery)\//.test(id));
  expect([...new Set(variants.map(({ rule }) => rule))].sort()).toEqual(families.sort());
});

test("the document has a row for each variant", () => {
  const doc = readFileSync("docs/broken-variants.md", "utf8");
  expect(variants.filter(({ rule, name }) => !doc.includes(`| ${rule} | ${name} |`)).map(({ name }) => name)).toEqual(
    [],
  );
});

test("a record keeps rows that were not tried again, and moves those that no longer hold", () => {
  const [one, two, three, four] = variants.filter(isShown) as [Variant, Variant, Variant, Variant];
  const all = [one, two, three, four];
  const proof = (variant: Variant, holds: boolean, broken: string) => ({ variant, holds, broken, fixed: "ready" });
  const before = recordOf(
    [proof(one, true, "a|b"), proof(two, true, "proof-x1-broken: 10.0.0.1"), proof(three, false, "")],
    all,
  );
  expect(rowsOf(before)).toEqual([
    `${one.name} | a\\|b | ready`,
    `${two.name} | guestbook: ADDRESS | ready`,
    `${three.name} | tried, not observed`,
    `${four.name} | not tried yet`,
  ]);
  const after = recordOf([proof(one, false, "c"), proof(three, true, "d")], all, before);
  expect(rowsOf(after)).toEqual([
    `${two.name} | guestbook: ADDRESS | ready`,
    `${three.name} | d | ready`,
    `${one.name} | tried, not observed`,
    `${four.name} | not tried yet`,
  ]);
});

function rowsOf(document: string): string[] {
  return document.split("\n").flatMap((line) => /^\| \w+\/[\w-]+ \| (.*) \|$/.exec(line)?.[1] ?? []);
}

test.each(overlays)("nothing is found in the unchanged %s", async (overlay) => {
  expect(await judge(rendered[overlay] ?? [])).toEqual([]);
});

test.each(variants.map((one) => [one.rule, one.name, one] as const))("%s: %s", async (rule, _, variant) => {
  const broken = patched(rendered[variant.overlay] ?? [], variant.break);
  expect(await judge(broken)).toEqual([`${rule} ${variant.at}`, ...variant.also].sort());
  expect(await judge(patched(broken, variant.fix))).toEqual([...variant.fixedAlso].sort());
});
