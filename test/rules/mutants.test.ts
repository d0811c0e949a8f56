import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { groupBy } from "../../tools/core/group.ts";
import { readManifest } from "../../tools/parse/file.ts";
import { parseContracts } from "../../tools/policy/contracts.ts";
import type { Fixture } from "../../tools/policy-tests/fixtures.ts";
import { testPolicy } from "../../tools/policy-tests/test-policy.ts";
import { rules } from "../../tools/rules/index.ts";

// Holds every rule that judges resources to the standard of `gitops policies test --mutate`: it applies to something in each of
// its fixtures, and detects each change that turns a passing fixture into the failing one.

const root = import.meta.dirname;
const contracts = parseContracts(readFileSync(join(root, "contracts.yaml"), "utf8"), "contracts.yaml");
const around = { contracts, cluster: [], versions: ["1.36"] };
const judging = rules.filter(({ check, checkTarget }) => check !== undefined || checkTarget !== undefined);

/** Rules whose failing value is harmless in the passing fixture, because of its context. */
const harmless: Readonly<Record<string, string>> = {
  "security/run-as-non-root": "each container of the passing pod sets it itself",
  "security/secret-in-env": "it is the name of the variable that makes its value a secret",
  "security/secret-in-config": "it is the flag before the argument that makes it a secret",
  "reliability/ephemeral-storage": "the volumes of the passing pod have limits of their own",
};

/** Failing fixtures with the passing one that they are compared with: `fail-told.yaml` with `pass-told.yaml` if there is one. */
function fixturesOf(policy: string): Fixture[][] {
  const folder = join(root, policy);
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const pairOf = (name: string) => {
    const partner = name.replace(/^fail/, "pass");
    return names.includes(partner) ? partner : "pass.yaml";
  };
  const pairs = groupBy(
    names.filter((name) => name.startsWith("fail")),
    pairOf,
  );
  return [...pairs].map(([passing, failing]) => read(policy, [passing, ...failing]));
}

function read(policy: string, names: readonly string[]): Fixture[] {
  return names.map((name) => {
    const path = join(root, policy, name);
    const expects = name.startsWith("pass") ? "pass" : "fail";
    const text = readFileSync(path, "utf8");
    const { resources } = readManifest({ text }, path);
    return { policy, path, expects, target: path, text, resources, problems: [], marked: [] };
  });
}

test.each(judging.map((rule) => [rule.id, rule] as const))("%s", async (id, rule) => {
  const failures: string[] = [];
  let count = 0;
  for (const manifests of fixturesOf(id)) {
    const tested = await testPolicy(rule, { manifests, repositories: [] }, around, true);
    failures.push(...tested.failures);
    count += tested.mutants;
  }
  if (id in harmless) expect(failures).toEqual([expect.stringContaining("as in the failing fixture: not detected")]);
  else expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(0);
});
