import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { builtinRules } from "../../tools/policy/builtin.ts";
import { rules as policies } from "../../tools/rules/index.ts";
import { podStandards } from "../../tools/rules/security/pod-standards/index.ts";
import { check, repository } from "../run.ts";

/**
 * Every rule in tools/rules, and some of the gate's own, have fixtures in `<family>/<rule>/`: each `pass*` causes no related
 * finding, and each `fail*` causes exactly the findings in its comments `# <- family/rule /pointer`, on their lines. A fixture
 * is a file of manifests or a folder with a kustomization; a folder with a gitops.yaml is a repository.
 */
const root = import.meta.dirname;

/** The rules that have fixtures here. */
const rules = [
  // Needs a second kustomize: see test/gate/renderer-parity.test.ts.
  ...policies.filter(({ id }) => id !== "gitops/renderer-parity"),
  ...builtinRules.filter(({ id }) => id === "gitops/remote-base"),
];

const fixtures = rules.flatMap(({ id }) => fixturesOf(id).map((path) => [id, path] as const));
const findings = new Map<string, readonly Finding[]>();

function fixturesOf(id: string): string[] {
  const folder = join(root, id);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${id}/${name}`) : [];
}

const [repositories, targets] = [true, false].map((is) =>
  fixtures.map(([, path]) => path).filter((path) => existsSync(join(root, path, "gitops.yaml")) === is),
) as [string[], string[]];

beforeAll(async () => {
  const { report } = await check(targets, { cwd: root });
  for (const path of targets) {
    findings.set(
      path,
      report.findings.filter(({ target }) => target === path || target.startsWith(`${path}/`)),
    );
  }
  for (const path of repositories) {
    const { report } = await check([], { cwd: repository({}, join(root, path)) });
    findings.set(
      path,
      report.findings.map((finding) => ({ ...finding, file: `${path}/${finding.file}` })),
    );
  }
}, 300_000);

test("rule ids are unique", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test("every folder of fixtures belongs to a rule", () => {
  const families = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
  const folders = families.flatMap((family) => readdirSync(join(root, family)).map((name) => `${family}/${name}`));
  expect(folders.filter((folder) => !rules.some(({ id }) => id === folder))).toEqual([]);
});

describe.each(rules.map(({ id }) => [id]))("%s", (id) => {
  test("has a passing and a failing fixture", () => {
    const names = fixturesOf(id).map((path) => /(pass|fail)[^/]*$/.exec(path)?.[1]);
    expect([...new Set(names)].sort()).toEqual(["fail", "pass"]);
  });
});

test.each(fixtures)("%s: %s", (id, path) => {
  const found = (findings.get(path) ?? []).filter(({ rule }) => isVerdict(rule) || isRelated(rule, id));
  const wanted = expectations(path);
  const withPointer = (line: string) => wanted.some((one) => one.startsWith(`${line} `));
  const actual = found.map(({ file, line, rule, pointer }) => {
    const place = `${file}:${line} ${rule}`;
    return withPointer(place) ? `${place} ${pointer}` : place;
  });
  expect(actual.sort()).toEqual(wanted.sort());
  if (/\/fail[^/]*$/.test(path)) expect(found.map(({ rule }) => rule)).toContain(id);
  else expect(wanted).toEqual([]);
});

const isVerdict = (rule: string): boolean => /^(?:schema|api|apply|render)\//.test(rule);

/** Whether a finding counts. Small fixtures break many advisory rules: there, only the rule itself counts. */
function isRelated(rule: string, id: string): boolean {
  const isStandard = (name: string) => podStandards.some((one) => one.id === name);
  const [family] = id.split("/");
  if (isStandard(id)) return isStandard(rule);
  // An unjudged resource is not a mistake.
  if (rule === "gitops/unjudged") return id === rule;
  return family === "security" || family === "reliability" ? rule === id : rule.startsWith(`${family}/`);
}

/** The expected findings: `file:line rule`, with the pointer if the comment has one. */
function expectations(path: string): string[] {
  const place = join(root, path);
  if (statSync(place).isDirectory()) return readdirSync(place).flatMap((name) => expectations(`${path}/${name}`));
  return readFileSync(place, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      const comment = /# <- (.+)$/.exec(line)?.[1];
      return comment === undefined ? [] : comment.split(", ").map((one) => `${path}:${index + 1} ${one}`);
    });
}
