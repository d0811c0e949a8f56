import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { groupBy } from "../../tools/core/group.ts";
import { actions, type Job, parsed, root, stepsOf, type Workflow, workflows } from "./workflows.ts";

/** The write permissions of jobs; every other job may only read. */
const writers: Readonly<Record<string, readonly string[]>> = {
  "check.yaml code-scanning": ["security-events"],
  "images.yaml publish": ["packages", "id-token"],
  "images.yaml pin": ["contents", "pull-requests"],
  "pull-request-comment.yaml comment": ["pull-requests"],
  "pull-request-comment.yaml code-scanning": ["security-events"],
  "rendered.yaml publish": ["contents"],
};

/** The workflows that any pull request starts, also from a fork. */
const onPullRequests = workflows.filter(({ on }) => on.includes("pull_request"));

/**
 * What could give an attacker access. Not all of it is wrong elsewhere, but nothing here needs it.
 * https://docs.github.com/en/actions/reference/security/secure-use
 */
function faults(workflow: Workflow): string[] {
  const { file, on, permissions, jobs, text } = workflow;
  const all = [
    ...on.filter((trigger) => trigger === "pull_request_target").map(() => `${file} runs on pull_request_target`),
    ...(on.length > 0 && permissions === undefined ? [`${file} uses the repository's default permissions`] : []),
    ...(typeof permissions === "string" ? [`${file} requests ${permissions}`] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => jobFaults(`${file} ${name}`, job, on.length > 0)),
    ...stepsOf(workflow).flatMap(({ where, uses, run, with: inputs = {}, env = {} }) => [
      ...(uses !== undefined && !isPinned(uses) ? [`${where}: not pinned to a commit`] : []),
      ...(/^actions\/checkout@/.test(uses ?? "") && inputs["persist-credentials"] !== false
        ? [`${where}: keeps the token in the checkout`]
        : []),
      ...(/\$\{\{/.test(run ?? "") ? [`${where}: an expression in a script`] : []),
      ...((run ?? "").trim().split("\n").length > 3 ? [`${where}: a script of more than three lines is a file`] : []),
      ...Object.entries({ ...inputs, ...env }).flatMap(([key, value]) =>
        isDangerous(String(value)) && !(uses ?? "").startsWith("actions/")
          ? [`${where}: ${key} is untrusted input`]
          : [],
      ),
    ]),
    ...(on.includes("pull_request") && /\bsecrets\b/.test(text.replace(/^\s*#.*$/gm, "")) ? [`${file}: secrets`] : []),
  ];
  return all;
}

function jobFaults(
  where: string,
  { permissions, uses, secrets, "timeout-minutes": minutes }: Job,
  isWorkflow: boolean,
) {
  if (!isWorkflow) return [];
  return [
    ...(typeof permissions === "string" ? [`${where}: permissions ${permissions}`] : []),
    ...(minutes === undefined && uses === undefined ? [`${where}: has no timeout, and may run for six hours`] : []),
    ...(secrets === "inherit" ? [`${where}: passes on every secret`] : []),
  ];
}

/** Whether an action is pinned to a commit, or is in this checkout. */
function isPinned(uses: string): boolean {
  return uses.startsWith("./") || /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses);
}

/** Whether a value contains text that anybody can choose. */
function isDangerous(value: string): boolean {
  return /\$\{\{[^}]*github\.(?:head_ref|event\.(?:pull_request\.(?:title|body|head\.(?:ref|label))|issue|comment|review|head_commit|commits))/.test(
    value,
  );
}

describe.each([...workflows, ...actions])("$file", (workflow) => {
  test("gives no access to attackers", () => {
    expect(faults(workflow)).toEqual([]);
  });

  test("names the version of every pin", () => {
    const pins = workflow.text.match(/^[^#\n]*uses: [^.\s].*$/gm) ?? [];
    for (const pin of pins) expect(pin).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("has only the write permissions that it needs", () => {
    const found = Object.entries(workflow.jobs).flatMap(([job, { permissions }]) =>
      Object.entries((permissions ?? workflow.permissions ?? {}) as Record<string, string>)
        .filter(([, level]) => level === "write")
        .map(([scope]) => [`${workflow.file.split("/").at(-1)} ${job}`, scope]),
    );
    for (const [job = "", scope] of found) expect(writers[job] ?? [], job).toContain(scope);
  });

  test("runs existing files and scripts", () => {
    for (const { where, run = "" } of stepsOf(workflow)) {
      for (const [, script = ""] of run.matchAll(/npm run (?:-s )?([\w:-]+)/g))
        expect(Object.keys(manifest.scripts), where).toContain(script);
      for (const [, file = ""] of run.matchAll(/(?:^|[\s"/])((?:\.github|test|tools)\/[\w./-]+)/gm))
        expect(existsSync(join(root, file)), `${where}: ${file}`).toBe(true);
      for (const [, file = ""] of run.matchAll(/(\.github\/scripts\/[\w.-]+)/g))
        expect(statSync(join(root, file)).mode & 0o100, `${file} is executable`).toBe(0o100);
    }
  });
});

test("every action is used in only one version", () => {
  const pins = [...workflows, ...actions].flatMap(({ text }) => text.match(/(?<=uses: )[\w./-]+@\w+/g) ?? []);
  const byName = groupBy([...new Set(pins)], (pin) => pin.split("@")[0]);
  expect(byName.size).toBeGreaterThan(5);
  for (const [name, versions] of byName) expect(versions, name).toHaveLength(1);
});

test("no job that a pull request starts has write permissions", () => {
  expect(onPullRequests.map(({ name }) => name).sort()).toContain("pull-request");
  for (const { file, permissions, jobs } of onPullRequests) {
    expect(permissions, file).toEqual({ contents: "read" });
    for (const [name, job] of Object.entries(jobs)) {
      const { permissions: own = {} } = job as { permissions?: object };
      const writing = Object.values(own).includes("write");
      // A job with write permissions must be limited to pushes.
      if (writing) expect((job as { if?: string }).if, `${file} ${name}`).toContain("github.event_name == 'push'");
    }
  }
});

test("a pull request is judged by the action of its base, and its own code is not run", () => {
  const workflow = workflows.find(({ name }) => name === "pull-request");
  const steps = workflow ? stepsOf(workflow) : [];
  expect(steps.map(({ uses = "" }) => uses.split("@")[0])).toEqual(["actions/checkout", "actions/checkout", "./gate"]);
  expect(steps[0]?.with).toMatchObject({ path: "change", "fetch-depth": 2 });
  expect(steps[1]?.with).toMatchObject({ path: "gate", ref: `\${{ github.event.pull_request.base.ref }}` });
  expect(steps[2]?.with).toEqual({ path: "change" });
});

test("only pushes write the cache, and pull requests restore it to the same paths", () => {
  const steps = actions.flatMap(({ text }) => text.split(/\n {4}- /));
  const [saves, restores] = ["save", "restore"].map((does) =>
    steps.filter((step) => step.includes(`actions/cache/${does}@`)),
  );
  expect([saves?.length, restores?.length]).toEqual([1, 1]);
  expect(saves?.[0]).toContain("github.event_name == 'push'");
  const pathsOf = (name: string, job: string) =>
    workflows
      .find((one) => one.name === name)
      ?.jobs[job]?.steps?.map(({ uses = "", with: inputs }) => [uses.split("@")[0], inputs?.path]);
  expect(pathsOf("check", "gate")).toEqual(pathsOf("pull-request", "gate"));
  for (const { text } of workflows) expect(text).not.toContain("uses: actions/cache");
});

test("a workflow with write permissions runs only code of the default branch", () => {
  const workflow = workflows.find(({ name }) => name === "pull-request-comment");
  expect(workflow?.on).toEqual(["workflow_run"]);
  expect(workflow?.text).toContain("workflows: [pull-request]\n");
  for (const { uses = "", with: inputs = {}, run = "" } of workflow ? stepsOf(workflow) : []) {
    if (uses.startsWith("actions/checkout@")) expect(inputs).toEqual({ "persist-credentials": false });
    if (uses.startsWith("actions/setup-node@")) expect(inputs).not.toHaveProperty("cache");
    expect(run).not.toMatch(/\b(?:bash|sh|source|eval)\b|\$RUNNER_TEMP\/gitops\//);
  }
});

test("the artifact of a pull request is passed on only after it was generated again", () => {
  const workflow = workflows.find(({ name }) => name === "pull-request-comment");
  const uses = ({ steps = [] }: Job, action: string) => steps.filter((step) => step.uses?.startsWith(`${action}@`));
  const scanned = Object.values(workflow?.jobs ?? {}).flatMap((job) => {
    const isUntrusted = uses(job, "actions/download-artifact").some((step) => step.with?.["run-id"] !== undefined);
    const made = (job.steps ?? []).flatMap(({ env }) => env?.SARIF ?? []);
    if (isUntrusted) for (const step of uses(job, "actions/upload-artifact")) expect(made).toContain(step.with?.path);
    return uses(job, "github/codeql-action/upload-sarif").map(() => isUntrusted);
  });
  expect(scanned).toEqual([false]);
});

/** Expressions of a workflow: untrusted input, and a secret. */
const [expression, secret] = ["github.event.pull_request.title", "secrets.T"].map((name) => `$\{{ ${name} }}`);

/** The rules above report faults. */
test.each([
  ["on: pull_request_target\npermissions: {}\njobs: {}", "pull_request_target"],
  ["on: push\njobs: {}", "default permissions"],
  ["on: push\npermissions: write-all\njobs: {}", "requests write-all"],
  ["on: push\npermissions: {}\njobs: { a: { steps: [] } }", "six hours"],
  ["on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, permissions: write-all } }", "permissions write-all"],
  ["on: push\npermissions: {}\njobs: { a: { uses: ./b.yaml, secrets: inherit } }", "passes on every secret"],
  ["on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, steps: [uses: a/b@v1] } }", "not pinned"],
  [
    "on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, steps: [uses: actions/checkout@main] } }",
    "keeps the token",
  ],
  [
    `on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, steps: [run: 'echo ${expression}'] } }`,
    "expression in a script",
  ],
  [
    'on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, steps: [run: "a\\nb\\nc\\nd"] } }',
    "more than three lines",
  ],
  [
    `on: push\npermissions: {}\njobs: { a: { timeout-minutes: 1, steps: [{ run: a, env: { T: '${expression}' } }] } }`,
    "untrusted input",
  ],
  [`on: pull_request\npermissions: {}\njobs: { a: { timeout-minutes: 1, env: { T: '${secret}' } } }`, "secrets"],
])("%j: %s", (text, fault) => {
  expect(faults({ file: "x.yaml", text, ...parsed(text) }).join("\n")).toContain(fault);
});
