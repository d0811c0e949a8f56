import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readManifest } from "../../tools/parse/file.ts";
import { parseContracts } from "../../tools/policy/contracts.ts";
import { rules } from "../../tools/rules/index.ts";
import type { Fixture } from "../../tools/trial/fixtures.ts";
import { tried } from "../../tools/trial/trial.ts";

// What `gitops policies test --mutate` demands of a policy, of every rule of the gate that judges resources: it is about
// something in each of its fixtures, and notices each change that makes a passing one as the failing one is.

const root = import.meta.dirname;
const contracts = parseContracts(readFileSync(join(root, "contracts.yaml"), "utf8"), "contracts.yaml");
const around = { contracts, cluster: [], versions: ["1.36"] };
const judging = rules.filter(({ check, checkTarget }) => check !== undefined || checkTarget !== undefined);

/** What is a mistake in the failing fixture and none in the passing one, by what is around it. */
const harmless: Readonly<Record<string, string>> = {
  "security/run-as-non-root": "each container of the passing pod says so itself",
  "security/secret-in-env": "it is the name of a variable that makes a secret of its value",
  "security/secret-in-config": "it is the flag before an argument that makes a secret of it",
  "reliability/ephemeral-storage": "the volumes of the passing pod have limits of their own",
};

function fixturesOf(policy: string): Fixture[] {
  const folder = join(root, policy);
  return readdirSync(folder).flatMap((name) => {
    // Others that pass (`pass-told.yaml`) show why the same is no mistake elsewhere.
    const expects = /^(pass|fail(?:-.*)?)\.yaml$/.exec(name)?.[1]?.slice(0, 4) as Fixture["expects"] | undefined;
    if (expects === undefined) return [];
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    const { resources } = readManifest({ text }, path);
    return [{ policy, path, expects, target: path, text, resources, problems: [], marked: [] }];
  });
}

test.each(judging.map((rule) => [rule.id, rule] as const))("%s", async (id, rule) => {
  const { failures, mutants } = await tried(rule, { manifests: fixturesOf(id), repositories: [] }, around, true);
  if (id in harmless) expect(failures).toEqual([expect.stringContaining("as in the failing fixture: not detected")]);
  else expect(failures).toEqual([]);
  expect(mutants).toBeGreaterThan(0);
});
