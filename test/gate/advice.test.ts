import { expect, test } from "vitest";
import { check, type Files, repository } from "../run.ts";

// Advice that depends on more than one rule or resource.

/** The findings of a rule as `file:line severity message | help`. */
async function adviceIn(files: Files, rule: string): Promise<string[]> {
  const { report } = await check([], { cwd: repository(files) });
  return report.findings
    .filter((finding) => finding.rule === rule)
    .map(({ file, line, severity, message, help }) => `${file}:${line} ${severity} ${message} | ${help}`);
}

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

test.each([
  ["namePrefix: shop-", "shop-web", "Write web as the name of the target: "],
  ["nameSuffix: -b", "web-b", "Write web as the name of the target: "],
  ["namePrefix: shop-", "shop-db", "Correct the target "],
  ["namePrefix: shop-", "db", "Correct the target "],
  ["", "shop-web", "Correct the target "],
])("a patch is applied before names change (%s): the target %s", async (affix, name, help) => {
  const patch = "|-\n      - { op: add, path: /data, value: { a: b } }";
  const target = `{ kind: ConfigMap, name: ${name} }`;
  const files = {
    "kustomization.yaml": `resources: [a.yaml]\n${affix}\npatches:\n  - target: ${target}\n    patch: ${patch}\n`,
    "a.yaml": configMap("web"),
  };
  const found = await adviceIn(files, "gitops/dead-patch");
  expect(found).toEqual([expect.stringContaining(`| ${help}`)]);
});
