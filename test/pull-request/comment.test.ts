import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { bodyOf, marker } from "../../tools/pull-request/body.ts";
import { decidingFiles } from "../../tools/pull-request/deciding-files.ts";
import { adviceOnKind } from "../../tools/validate/unknown-kind.ts";
import { commit, newRepository } from "../git/repository.ts";
import { finding, odd, report } from "../report/reports.ts";
import { type Files, gitops, type Run, run, temporaryFolder, writeFilesIn } from "../run.ts";
import { type Hub, hub } from "./hub.ts";

const sha = "a1b2c3d4".repeat(5);
const robot = { login: "github-actions[bot]" };

/** The artifact of a run on a pull request: one finding, and a change with effect scale. */
async function artifact(): Promise<Record<string, string>> {
  const web = (replicas: number) =>
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1.2" }] } },
      },
    });
  const cwd = newRepository();
  commit(cwd, { "gitops.yaml": "targets: [web.yaml]\nprofile: baseline\n", "web.yaml": web(2) });
  commit(cwd, { "web.yaml": web(3) });
  const diff = await gitops(["diff", "HEAD^", "HEAD", "-o", "json"], { cwd });
  return { "pull-request": "7\n", "check.json": JSON.stringify(report([finding()])), "diff.json": diff.stdout };
}

const made = await artifact();
const change = JSON.parse(made["diff.json"] ?? "");

interface Posted extends Run {
  readonly outputs: string;
  /** The report for code scanning. */
  readonly sarif: string | undefined;
}

/** A hub with an open pull request, and the event of a workflow run on it. */
async function scene(): Promise<{ at: Hub; event: Record<string, unknown> }> {
  const at = await hub();
  const head = { ref: "change", sha, repo: { full_name: "stranger/app" } };
  at.pulls.set(7, { state: "open", base: { ref: "main" }, head });
  at.files.set(7, ["web.yaml"]);
  const event = {
    event: "pull_request",
    conclusion: "failure",
    head_sha: sha,
    head_branch: "change",
    head_repository: { full_name: "stranger/app" },
    html_url: "https://github.com/shop/app/actions/runs/1",
  };
  return { at, event };
}

/** Runs the built program in a checkout of the default branch. @param own arguments after the artifact */
async function post(at: Hub, event: unknown, files: Files, own: readonly string[] = []): Promise<Posted> {
  const cwd = temporaryFolder();
  writeFilesIn(cwd, {
    "gitops.yaml": "policies: [rules]\nwaivers: rules/waivers.yaml\n",
    "rules/size.yaml": JSON.stringify({
      id: "shop/size",
      severity: "error",
      why: "The disks are small.",
      fix: "f",
      schema: {},
    }),
    "event.json": JSON.stringify({ workflow_run: event }),
    outputs: "before=1\n",
  });
  mkdirSync(join(cwd, "artifact"));
  writeFilesIn(join(cwd, "artifact"), files);
  return posted(at, cwd, own);
}

async function posted(at: Hub, cwd: string, own: readonly string[]): Promise<Posted> {
  const [outputs, sarif] = [join(cwd, "outputs"), join(cwd, "gate.sarif")];
  const program = join(dirname(inject("gitops")), "comment.js");
  const ended = await run(process.execPath, [program, "artifact", ...own], {
    cwd,
    env: {
      GITHUB_EVENT_PATH: join(cwd, "event.json"),
      GITHUB_API_URL: at.api,
      GITHUB_REPOSITORY: "shop/app",
      GITHUB_TOKEN: "secret",
      GITHUB_OUTPUT: outputs,
      SARIF: sarif,
    },
  });
  return {
    ...ended,
    outputs: readFileSync(outputs, "utf8"),
    sarif: existsSync(sarif) ? readFileSync(sarif, "utf8") : undefined,
  };
}

const bodies = (at: Hub, number = 7) => (at.comments.get(number) ?? []).map(({ body }) => body);

describe("the comment", () => {
  test("is posted, with the changes and the findings", async () => {
    const { at, event } = await scene();
    const { code, stdout, stderr, outputs } = await post(at, event, made);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "Posted the comment on pull request 7.\n",
      stderr: "",
    });
    const [body = ""] = bodies(at);
    expect(body.startsWith(`${marker}\n\n### 🟡 `) || body.startsWith(`${marker}\n\n### 🔵 `)).toBe(true);
    expect(body).toContain("`spec.replicas`: `2` → `3` (`web.yaml:");
    expect(body).toContain("### ❌ 1 target, 1 resource checked, 0 skipped: 1 error");
    expect(body).toContain("[the run](https://github.com/shop/app/actions/runs/1)");
    expect(body).not.toContain("[!WARNING]");
    expect(outputs).toBe("before=1\nref=refs/pull/7/head\n");
  });

  test("is updated instead of repeated, and stays untouched if nothing changed", async () => {
    const { at, event } = await scene();
    await post(at, event, made);
    const again = await post(
      at,
      { ...event, conclusion: "success" },
      { ...made, "check.json": JSON.stringify(report()) },
    );
    expect(again.stdout).toBe("Updated the comment on pull request 7.\n");
    expect(bodies(at)).toHaveLength(1);
    expect(bodies(at)[0]).toContain("### ✅ 0 targets");
    const same = await post(
      at,
      { ...event, conclusion: "success" },
      { ...made, "check.json": JSON.stringify(report()) },
    );
    expect(same.stdout).toBe("No change to the comment on pull request 7.\n");
  });

  test("is found after two hundred others, and a duplicate is deleted", async () => {
    const { at, event } = await scene();
    const chatter = Array.from({ length: 200 }, (_, id) => ({ id, body: "words", user: { login: "somebody" } }));
    at.comments.set(7, [
      ...chatter,
      { id: 500, body: `${marker} old`, user: robot },
      { id: 501, body: `${marker} older`, user: robot },
    ]);
    await post(at, event, made);
    expect(
      at.comments
        .get(7)
        ?.slice(200)
        .map(({ id }) => id),
    ).toEqual([500]);
    expect(at.comments.get(7)?.[200]?.body).toContain("spec.replicas");
  });

  test("does not replace a comment of another user with the same marker", async () => {
    const { at, event } = await scene();
    at.comments.set(7, [{ id: 1, body: `${marker} all is well`, user: { login: "stranger" } }]);
    await post(at, event, made);
    expect(bodies(at)).toHaveLength(2);
    expect(bodies(at)[0]).toBe(`${marker} all is well`);
  });
});

describe("the report for code scanning", () => {
  test("is generated again, with the rules of the default branch", async () => {
    const { at, event } = await scene();
    const found = [finding({ message: "[all is well](https://evil.example)" }), finding({ rule: "shop/size" })];
    const files = { ...made, "check.json": JSON.stringify(report(found)), "gate.sarif": '{"runs": "evil"}' };
    const { sarif, outputs } = await post(at, event, files);
    const [{ results, tool }] = JSON.parse(sarif ?? "").runs;
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId).sort()).toEqual(["schema/type", "shop/size"]);
    expect(results[0].message.text).toMatch(/^\[all is well\\\]\(/);
    expect(JSON.stringify(tool)).toContain("The disks are small.");
    expect(outputs).toBe("before=1\nref=refs/pull/7/head\n");
  });

  test("is missing if the gate could not run", async () => {
    const { at, event } = await scene();
    const { sarif, outputs } = await post(at, event, { "pull-request": "7\n", "gate.sarif": "{}" });
    expect({ sarif, outputs }).toEqual({ sarif: undefined, outputs: "before=1\n" });
  });
});

describe("a change to what judges it", () => {
  test("is reported first, also for renamed files and in folders", async () => {
    const { at, event } = await scene();
    at.files.set(7, [
      "web.yaml",
      "rules/a.yaml → web/a.yaml",
      ".github/workflows/x.yaml",
      "tools/cli.ts",
      "toolsmith.md",
    ]);
    await post(at, event, made, ["tools", "package.json"]);
    const [, warning = ""] = (bodies(at)[0] ?? "").split("\n\n");
    expect(warning).toContain(
      "> **This change edits its own checks**: `.github/workflows/x.yaml`, `rules/a.yaml`, `tools/cli.ts`. ",
    );
    expect(warning).not.toContain("toolsmith");
  });

  test("is shortened if there are many files", async () => {
    const { at, event } = await scene();
    at.files.set(
      7,
      Array.from({ length: 25 }, (_, index) => `rules/${10 + index}.yaml`),
    );
    await post(at, event, made);
    const [, warning = ""] = (bodies(at)[0] ?? "").split("\n\n");
    expect(warning).toContain("`rules/28.yaml`, `rules/29.yaml` and 5 more. It was checked with");
  });

  test("may be in the files that GitHub does not list", async () => {
    const { at, event } = await scene();
    at.files.set(7, [...Array.from({ length: 3000 }, (_, index) => `web/${index}.yaml`), "rules/a.yaml"]);
    await post(at, event, made);
    const [, warning = ""] = (bodies(at)[0] ?? "").split("\n\n");
    expect(warning).toContain(
      "> **Not all files of this change are known**: GitHub lists at most 3,000, and the others may include files of its own checks. It was checked with the versions in main; ",
    );
  });

  test("includes all files that the configuration names", () => {
    const config = { policies: ["./rules/"], schemas: ["crds/a.yaml"], contracts: "contracts.yaml", waivers: "w.yaml" };
    const files = [
      "rules/b/c.yaml",
      "crds/a.yaml",
      "crds/b.yaml",
      "contracts.yaml",
      "w.yaml",
      "gitops.yaml",
      "rules.md",
      "w.yaml",
    ];
    expect(decidingFiles(files, config, [])).toEqual([
      "contracts.yaml",
      "crds/a.yaml",
      "gitops.yaml",
      "rules/b/c.yaml",
      "w.yaml",
    ]);
  });

  test("includes every file if the policies are at the root", () => {
    expect(decidingFiles(["a/b.yaml"], { policies: ["."] }, [])).toEqual(["a/b.yaml"]);
  });
});

describe("nothing is posted", () => {
  const nothing = async (at: Hub, event: unknown, files: Files) => {
    const ended = await post(at, event, files);
    expect(at.requests.filter((one) => !one.startsWith("GET"))).toEqual([]);
    expect([ended.outputs, ended.sarif]).toEqual(["before=1\n", undefined]);
    return ended;
  };

  test.each<[string, Partial<Record<string, string | Buffer>>, string]>([
    ["names no pull request", { "pull-request": undefined }, "does not name its pull request"],
    ["names a path", { "pull-request": "7/../8" }, "does not name its pull request"],
    ["has a very long number", { "pull-request": "7".repeat(100) }, "pull-request has 100 bytes"],
    ["is not JSON", { "check.json": "{" }, "check.json in the artifact is not JSON"],
    [
      "has another kind of report",
      { "check.json": "{}" },
      'check.json in the artifact is not a valid report: /: "schemaVersion" is missing',
    ],
    [
      "has an unknown field",
      { "check.json": JSON.stringify({ ...report(), html: "<b>" }) },
      '/html: "html" is not known here',
    ],
    [
      "has the wrong report as the diff",
      { "diff.json": JSON.stringify(report()) },
      "diff.json in the artifact is not a valid report",
    ],
    ["is a list", { "diff.json": "[]" }, "diff.json in the artifact is not a valid report"],
    ["is too large", { "diff.json": Buffer.alloc(33 * 1024 * 1024, " ") }, "diff.json has 34603008 bytes"],
  ])("if the artifact %s", async (_, files, why) => {
    const { at, event } = await scene();
    const given = Object.entries({ ...made, ...files }).filter(([, content]) => content !== undefined) as [
      string,
      string,
    ][];
    const { code, stderr } = await nothing(at, event, Object.fromEntries(given));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^comment: [^\n]+\n$/);
    expect(stderr).toContain(why);
  });

  test("if the artifact has a symbolic link", async () => {
    const { at, event } = await scene();
    const cwd = temporaryFolder();
    writeFilesIn(cwd, {
      "event.json": JSON.stringify({ workflow_run: event }),
      outputs: "before=1\n",
      "secret.json": "{}",
    });
    mkdirSync(join(cwd, "artifact"));
    writeFileSync(join(cwd, "artifact/pull-request"), "7\n");
    symlinkSync("../secret.json", join(cwd, "artifact/check.json"));
    const { code, stderr } = await posted(at, cwd, []);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "comment: check.json in the artifact is not a regular file\n",
    });
    expect(at.requests).toEqual([]);
  });

  test.each([
    ["another fork", { head_repository: { full_name: "other/app" } }],
    ["another branch", { head_branch: "other" }],
  ])("if the run was of %s", async (_, more) => {
    const { at, event } = await scene();
    const { code, stderr } = await nothing(at, { ...event, ...more }, made);
    expect(code).toBe(1);
    expect(stderr).toContain("the artifact names pull request 7, which is not for branch");
  });

  test("if the fork is gone", async () => {
    const { at, event } = await scene();
    at.pulls.set(7, { state: "open", base: { ref: "main" }, head: { ref: "change", sha, repo: null } });
    expect((await nothing(at, event, made)).code).toBe(1);
  });

  test("if there is a newer commit, which is no error", async () => {
    const { at, event } = await scene();
    const { code, stdout } = await nothing(at, { ...event, head_sha: "f".repeat(40) }, made);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "Nothing posted: pull request 7 was changed since the run.\n",
    });
  });

  test("if the pull request does not exist", async () => {
    const { at, event } = await scene();
    const { code, stderr } = await nothing(at, event, { ...made, "pull-request": "8\n" });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "comment: GitHub answered GET pulls/8: 404 Not Found\n" });
  });

  test("if the event is not JSON", async () => {
    const { at } = await scene();
    const cwd = temporaryFolder();
    writeFilesIn(cwd, { "event.json": '{"workflow_run":', outputs: "", "artifact/pull-request": "7\n" });
    const { code, stderr } = await posted(at, cwd, []);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "comment: the event of the workflow is not JSON\n" });
  });

  test("if the event is not of a pull request", async () => {
    const { at, event } = await scene();
    const { code, stderr } = await nothing(at, { ...event, event: "push" }, made);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "comment: this is not a run on a pull request\n" });
  });
});

test("missing reports are mentioned", async () => {
  const { at, event } = await scene();
  expect((await post(at, event, { "pull-request": "7\n" })).code).toBe(0);
  expect(bodies(at)[0]).toContain("The gate could not run");
  expect(bodies(at)[0]).toContain("could not be compared with its base");
});

test("requests are retried after server errors", async () => {
  const { at, event } = await scene();
  at.failures.push(502, 503);
  expect((await post(at, event, made)).code).toBe(0);
  expect(at.requests.slice(0, 3)).toEqual(["GET pulls/7", "GET pulls/7", "GET pulls/7"]);
});

describe("untrusted text", () => {
  const pull = { number: 7, open: true, base: "main", sha, branch: "change", repository: "stranger/app" };
  const ended = { sha, branch: "change", repository: "stranger/app", url: "https://github.com/r", failed: true };
  const hostile = (text: string) => ({
    number: 7,
    check: report([finding({ message: text, help: text, file: text, target: text, resource: text })]),
    diff: { ...change, changes: change.changes.map((one: object) => ({ ...one, resource: text, target: text })) },
  });

  test.each([...odd, "<img src=x>", "@everyone", "[click](https://evil.example)", `${marker}`, "</details>"])(
    "%j is shown as text",
    (text) => {
      const context = { run: ended, pull: { ...pull, base: text }, judges: [text], complete: true };
      const body = bodyOf({ ...context, artifact: hostile(text) });
      const outside = body.replace(/(`+) ?[^`][\s\S]*?\1/g, "").replace("[the run](https://github.com/r)", "");
      expect(outside.match(/<(?!\/?(?:details|summary|sub|br)>)/g)?.length ?? 0).toBe(1);
      expect(outside).not.toMatch(/\]\(|@\w/);
    },
  );

  test("unknown kinds are grouped, with the line that allows them", () => {
    const unknown = ["a", "b", "c", "d", "e", "f"].map((name) =>
      finding({
        rule: "schema/unknown-kind",
        help: adviceOnKind({ apiVersion: "example.com/v1", kind: "Widget" }),
        resource: `example.com/v1/Widget/shop/${name}`,
      }),
    );
    const body = bodyOf({
      artifact: { number: 7, check: report(unknown), diff: change },
      run: ended,
      pull,
      judges: [],
      complete: true,
    });
    expect(body).toContain("allowUnknownKinds: [example.com/*]");
  });

  test.each([1, 100, 3000])("%d findings and as many changes fit into a comment, and the rest is counted", (amount) => {
    const many = Array.from({ length: amount }, (_, line) => finding({ line: line + 1, file: `base/${line}.yaml` }));
    const [one] = change.changes;
    const changes = many.map((_, index) => ({ ...one, resource: `apps/v1/Deployment/x/web-${index}` }));
    const artifact = { number: 7, check: report(many), diff: { ...change, changes } };
    const judges = many.map(({ file = "" }) => file);
    const body = bodyOf({ artifact, run: ended, pull, judges, complete: false });
    expect(body.length).toBeLessThanOrEqual(65_536);
    if (amount < 3000) expect(body).not.toContain("cut: a comment");
    else expect(body.match(/\*\*\d+ more (?:finding|object)s cut/g)).toHaveLength(2);
    expect(body).toMatch(/merged into main; see \[the run\]\(https:\/\/github.com\/r\)\.<\/sub>\n$/);
  });
});
