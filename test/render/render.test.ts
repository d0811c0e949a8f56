import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resourceId } from "../../tools/core/resource.ts";
import { discover } from "../../tools/load/discover.ts";
import type { Kustomize } from "../../tools/render/kustomize.ts";
import { render, renderAll } from "../../tools/render/render.ts";
import type { RenderOptions } from "../../tools/render/rendering.ts";
import { configMap, type Leaf, tree } from "../load/tree.ts";
import { modern, named, pinned } from "./kustomizes.ts";

const cm = configMap("a");
const one = { "o/kustomization.yaml": "resources: [a.yaml]\n", "o/a.yaml": cm };

async function renderOne(files: Readonly<Record<string, Leaf>>, options: Partial<RenderOptions> = {}, path = "o") {
  const cwd = tree(files);
  const [rendered] = await renderAll(discover([path], { cwd }), { cwd, kustomize: pinned, ...options });
  if (rendered === undefined) throw new Error("nothing rendered");
  return rendered;
}

describe.each(named)("%s", (_, kustomize) => {
  test("renders a kustomization", async () => {
    const rendered = await renderOne(one, { kustomize });
    expect(rendered).toMatchObject({ target: { path: "o" }, problems: [], failed: false, kustomize });
    expect(rendered.resources.map(resourceId)).toEqual(["v1/ConfigMap/a"]);
    expect(rendered.resources[0]?.source).toBeUndefined();
  });

  test("writes nothing into the repository", async () => {
    const cwd = tree(one);
    await renderAll(discover(["o"], { cwd }), { cwd, kustomize });
    expect(readdirSync(cwd)).toEqual(["o"]);
  });

  test.each<[string, Readonly<Record<string, Leaf>>, string, RegExp]>([
    [
      "a patch for a missing resource",
      {
        ...one,
        "o/kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n",
        "o/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\n",
      },
      "render/failed o/p.yaml:3",
      /ConfigMap nobody/,
    ],
    [
      "a patch for a missing resource with a variable in its name",
      {
        ...one,
        "o/kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
        "o/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '${APP}-db'}\n",
      },
      "render/failed o/p.yaml:3",
      /ConfigMap \$\{APP\}-db/,
    ],
    [
      "the same in a base",
      {
        "o/kustomization.yaml": "resources: [../b]",
        "b/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]",
        "b/a.yaml": cm,
        "b/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\n",
      },
      "render/failed b/p.yaml:3",
      /ConfigMap nobody/,
    ],
    [
      "the same in a component",
      {
        ...one,
        "o/kustomization.yaml": "resources: [a.yaml]\ncomponents: [../c]",
        "c/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]",
        "c/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\n",
      },
      "render/failed c/p.yaml:3",
      /ConfigMap nobody/,
    ],
    [
      "an unknown field",
      { ...one, "o/kustomization.yaml": "resources: [a.yaml]\nimages:\n- name: x\n  newTagg: y\n" },
      "render/failed o/kustomization.yaml:4",
      /unknown field "newTagg"/,
    ],
    [
      "the same resource twice",
      { ...one, "o/kustomization.yaml": "resources:\n- a.yaml\n- b.yaml\n", "o/b.yaml": cm },
      "render/failed o/kustomization.yaml:3",
      /already registered id: v1 ConfigMap a/,
    ],
    [
      "a resource that does not parse",
      { ...one, "o/a.yaml": "apiVersion: v1\nkind: [\n" },
      "schema/parse-error o/a.yaml:3",
      /not valid YAML/,
    ],
    [
      "duplicate keys",
      { ...one, "o/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nkind: Secret\n" },
      "schema/duplicate-key o/a.yaml:4",
      /"kind" is repeated/,
    ],
    ["a NUL byte", { ...one, "o/a.yaml": "apiVersion: v1\nkind: \0\n" }, "schema/parse-error o/a.yaml:2", /NUL/],
    [
      "Latin-1",
      { ...one, "o/a.yaml": Buffer.from(`# caf\xe9\n${cm}`, "latin1") },
      "schema/parse-error o/a.yaml:1",
      /UTF-8/,
    ],
    [
      "an empty render",
      { "o/kustomization.yaml": "resources: []\nnamespace: x\n" },
      "schema/empty-render o/kustomization.yaml:",
      /nothing/,
    ],
    [
      "a cycle",
      { "o/kustomization.yaml": "resources: [../p]", "p/kustomization.yaml": "resources: [../o]" },
      "render/failed p/kustomization.yaml:1",
      /cycle/,
    ],
    [
      "a missing resource",
      { "o/kustomization.yaml": "\nresources: [a.yaml]" },
      "render/failed o/kustomization.yaml:2",
      /does not exist/,
    ],
    [
      "a remote base",
      { "o/kustomization.yaml": "resources: [github.com/a/b]" },
      "gitops/remote-base o/kustomization.yaml:1",
      /github.com/,
    ],
  ])("%s is a finding with its position", async (_, files, where, message) => {
    const { problems, failed, resources } = await renderOne(files, { kustomize });
    expect([failed, resources]).toEqual([true, []]);
    expect(problems.map(({ rule, file, line }) => `${rule} ${file}:${line ?? ""}`)).toContain(where);
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
    expect(JSON.stringify(problems)).not.toMatch(/gitops-test-|run\.go|accumulation err|\[noGrp\]/);
  });
});

test.each(named)("what %s says about YAML that does not parse is left out", async (_, kustomize) => {
  const { problems } = await renderOne({ ...one, "o/a.yaml": "apiVersion: v1\nkind ConfigMap\n" }, { kustomize });
  expect(problems).toMatchObject([{ rule: "schema/parse-error", file: "o/a.yaml" }]);
  expect(problems[0]?.help).toBeUndefined();
});

test("a list of resources that is explicitly empty is a warning at its line", async () => {
  const { problems, failed } = await renderOne({
    "o/kustomization.yaml": "# later\nkind: Kustomization\nresources: []\n",
  });
  const place = { rule: "schema/empty-render", severity: "warning", file: "o/kustomization.yaml", line: 3 };
  expect({ problems, failed }).toMatchObject({ problems: [place], failed: false });
});

test.each(named)("%s writes its version into labels", async (_, kustomize) => {
  const managed = "resources: [a.yaml]\nbuildMetadata: [managedByLabel]\n";
  const { resources, text } = await renderOne({ ...one, "o/kustomization.yaml": managed }, { kustomize });
  const labels = { "app.kubernetes.io/managed-by": `kustomize-${kustomize.version}` };
  expect(resources.map(({ object }) => object.metadata)).toMatchObject([{ labels }]);
  expect(text).not.toContain("(devel)");
});

test("a label with that value in a manifest is left alone", async () => {
  const written =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app.kubernetes.io/managed-by: kustomize-(devel)}}\n";
  const { text } = await renderOne({ "o/kustomization.yaml": "resources: [a.yaml]\n", "o/a.yaml": written });
  expect(text).toContain("managed-by: kustomize-(devel)");
});

test("advice on a patch for a missing resource", async () => {
  const { problems } = await renderOne({
    ...one,
    "o/kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n",
    "o/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\n",
  });
  expect(problems.map(({ help }) => help)).toEqual([
    expect.stringMatching(/^Correct the kind, name or namespace in the patch, or list what it patches /),
  ]);
});

describe("fields of kustomize 5", () => {
  const deployment = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {}}}";
  const files = (field: string) => ({
    "o/kustomization.yaml": `resources: [d.yaml]\n${field}\n`,
    "o/d.yaml": deployment,
  });
  const fields = [
    "labels: [{pairs: {a: b}, includeTemplates: true}]",
    "sortOptions: {order: fifo}",
    "images: [{name: x, tagSuffix: -y}]",
    'patches: [{path: d.yaml}, {patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}\\n---\\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}"}]',
  ];

  test.each(modern ? fields : [])("%s is rendered by kustomize 5", async (field) => {
    const rendered = await renderOne(files(field), { modern: async () => modern });
    expect(rendered).toMatchObject({ problems: [], failed: false, kustomize: modern });
  });

  test.each(fields.slice(0, 3))("%s reports what to install if there is no kustomize 5", async (field) => {
    const { problems, kustomize } = await renderOne(files(field), { modern: async () => undefined });
    expect(kustomize).toEqual(pinned);
    expect(problems).toMatchObject([{ rule: "render/failed", help: expect.stringMatching(/Install kustomize 5/) }]);
  });

  /** Options that count the searches for kustomize 5. */
  const countingSearches = () => {
    const searches = {
      times: 0,
      modern: async () => {
        searches.times++;
        return modern;
      },
    };
    return searches;
  };

  const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n";
  test.each<[string, string, merges: boolean]>([
    ["patchesStrategicMerge: [p.yaml]", `${web}spec: {replicas: 2}\n`, true],
    ["patches: [{path: p.yaml}]", `# a comment\n---\n${web}spec: {replicas: 2}\n`, true],
    [`patches: [{patch: ${JSON.stringify(web)}}]`, "", true],
    [
      "patches: [{path: p.yaml, target: {kind: Deployment}}]",
      '# a list\n[{"op": "test", "path": "/kind", "value": "Deployment"}]',
      false,
    ],
    [
      "patches: [{path: p.yaml, target: {kind: Deployment}}]",
      "- op: test\n  path: /kind\n  value: Deployment\n",
      false,
    ],
    ["images: [{name: a, newTag: b}]", "", false],
  ])("%s: picks the kustomize that merges patches faster", async (fields, patch, merges) => {
    const searches = countingSearches();
    const all = {
      "o/kustomization.yaml": `resources: [d.yaml]\n${fields}\n`,
      "o/d.yaml": web,
      "o/p.yaml": patch,
    };
    const { problems, kustomize } = await renderOne(all, searches);
    expect(problems).toEqual([]);
    expect([searches.times, kustomize]).toEqual([merges ? 1 : 0, merges ? (modern ?? pinned) : pinned]);
  });

  test.each<[string, string, isKnown: boolean]>([
    ["a built-in kind", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n", true],
    ["a custom kind", "apiVersion: example.com/v1\nkind: Jar\nmetadata: {name: d}\n", false],
    [
      "a second object in a file",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: d}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: d}\n",
      false,
    ],
    ["a custom kind in JSON", '{"apiVersion": "example.com/v1", "kind": "Jar", "metadata": {"name": "d"}}', false],
  ])("%s: picks the kustomize that finds its scope faster", async (_, object, isKnown) => {
    const searches = countingSearches();
    const { problems, kustomize } = await renderOne(
      { "o/kustomization.yaml": "resources: [d.yaml]\n", "o/d.yaml": object },
      searches,
    );
    expect(problems).toEqual([]);
    expect([searches.times, kustomize]).toEqual(isKnown ? [0, pinned] : [1, modern ?? pinned]);
  });

  test.runIf(modern)("if kustomize 5 rejects it, the pinned one decides", async () => {
    const all = {
      "o/kustomization.yaml": "resources: [d.yaml]\npatches: [p.yaml]\n",
      "o/d.yaml": web,
      "o/p.yaml": `${web}spec: {replicas: 2}\n`,
    };
    const { problems, kustomize } = await renderOne(all, { modern: async () => modern });
    expect([problems, kustomize]).toEqual([[], pinned]);
  });

  test("an explicitly chosen kustomize is kept", async () => {
    const chosen: Kustomize = { ...pinned, from: "--kustomize" };
    const { failed, kustomize } = await renderOne(files("sortOptions: {order: fifo}"), {
      kustomize: chosen,
      modern: async () => modern,
    });
    expect([failed, kustomize]).toEqual([true, chosen]);
  });

  test("errors of both are reported in the pinned one's words", async () => {
    const { problems } = await renderOne(
      { "o/kustomization.yaml": "resources: []\nnope: 1\n" },
      { modern: async () => modern },
    );
    expect(problems).toMatchObject([{ message: 'json: unknown field "nope"', file: "o/kustomization.yaml", line: 2 }]);
  });
});

/** A script that replaces kustomize. */
function program(script: string): Kustomize {
  const folder = tree({ kustomize: `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, "kustomize"), 0o755);
  return { command: [join(folder, "kustomize"), "build"], version: "v5.0.0", from: "--kustomize" };
}

describe("a kustomize that fails", () => {
  test.each<[string, string, string, RegExp]>([
    ["is killed", "kill -9 $$", "render/failed", /killed by SIGKILL/],
    ["is killed below a wrapper", "echo Killed >&2; exit 137", "render/failed", /killed by SIGKILL/],
    ["fails silently", "exit 7", "render/failed", /exited with status 7 and no message/],
    ["takes too long", "while :; do :; done", "render/timeout", /after 0.5 s/],
    ["prints endlessly", "while :; do echo '{apiVersion: v1}'; done", "render/output-limit", /more than 1 MB/],
    ["prints invalid YAML", "echo 'a: ['", "schema/parse-error", /not valid YAML/],
    ["fails halfway", "echo 'apiVersion: v1'; exit 1", "render/failed", /status 1/],
  ])("%s", async (_, script, rule, message) => {
    // On a busy machine, the other scripts may take a while.
    const limits = { timeout: rule === "render/timeout" ? 500 : 20_000, maxOutput: 1024 * 1024 };
    const { problems, failed } = await renderOne(one, {
      kustomize: program(script),
      limits: rule === "render/failed" ? {} : limits,
    });
    expect(failed).toBe(true);
    expect(problems).toMatchObject([{ rule, message: expect.stringMatching(message) }]);
  });

  test.each([
    ["exit 1", false],
    ["kill -9 $$", true],
    ["echo Killed >&2; exit 137", true],
    ["echo no >&2; exit 143", true],
  ])("may be worth a retry: %s", async (script, passing) => {
    expect(await renderOne(one, { kustomize: program(script) })).toMatchObject({ failed: true, passing });
  });

  test("no longer exists", async () => {
    const gone: Kustomize = { command: ["/nowhere/kustomize", "build"], version: "v5.0.0", from: "PATH" };
    await expect(renderOne(one, { kustomize: gone })).rejects.toThrow("/nowhere/kustomize was not found");
  });

  test("is missing although a kustomization needs it", async () => {
    await expect(renderOne(one, { kustomize: undefined })).rejects.toThrow(/needs kustomize/);
  });
});

test("kustomize gets no PATH, network or home", async () => {
  const { problems } = await renderOne(one, { kustomize: program("/usr/bin/env >&2; exit 1") });
  const environment = problems[0]?.message ?? "";
  expect(environment).toMatch(/^PATH=$/m);
  expect(environment).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
  expect(environment).not.toContain(process.env.HOME ?? "never");
});

describe("many targets", () => {
  const names = Array.from({ length: 12 }, (_, index) => `o${index + 10}`);
  const files = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}/kustomization.yaml`, "resources: [a.yaml]"],
      [`${name}/a.yaml`, configMap(name)],
    ]),
  );

  test.each([1, 2, 64])("render %i at a time", async (jobs) => {
    const cwd = tree(files);
    const targets = discover(["."], { cwd });
    const rendered = await renderAll(targets, { cwd, kustomize: pinned, jobs });
    expect(rendered.map(({ target }) => target.path)).toEqual(names);
    expect(rendered.flatMap(({ resources }) => resources.map(({ name }) => name))).toEqual(names);
  });

  test("are each yielded once, and no more after an early stop", async () => {
    const cwd = tree(files);
    const seen: string[] = [];
    for await (const { target } of render(discover(["."], { cwd }), { cwd, kustomize: pinned, jobs: 2 })) {
      seen.push(target.path);
      if (seen.length === 3) break;
    }
    expect(new Set(seen).size).toBe(3);
  });

  test("may be none", async () => {
    expect(await renderAll([], { cwd: "/", kustomize: undefined })).toEqual([]);
  });
});

describe("manifests", () => {
  const none = { kustomize: undefined };

  test("have a source, even in lists and JSON", async () => {
    const rendered = await renderOne(
      {
        "m/a.yaml": `${cm}---\n${configMap("b")}`,
        "m/b.json": `{"apiVersion": "v1", "kind": "List", "items": [${JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "c" } })}]}`,
      },
      none,
      "m",
    );
    expect(rendered).toMatchObject({ problems: [], failed: false, kustomize: undefined });
    expect(rendered.resources.map((resource) => [resourceId(resource), resource.source])).toEqual([
      ["v1/ConfigMap/a", { file: "m/a.yaml", document: 0, pointer: "" }],
      ["v1/ConfigMap/b", { file: "m/a.yaml", document: 1, pointer: "" }],
      ["v1/Secret/c", { file: "m/b.json", document: 0, pointer: "/items/0" }],
    ]);
  });

  test("a file that does not parse does not hide the others", async () => {
    const { resources, problems, failed } = await renderOne({ "m/a.yaml": "kind: [\n", "m/b.yaml": cm }, none, "m");
    expect([resources.length, failed]).toEqual([1, true]);
    expect(problems).toMatchObject([{ rule: "schema/parse-error", file: "m/a.yaml", line: 2 }]);
  });

  test.each<[string, Readonly<Record<string, Leaf>>, string, object]>([
    ["an empty file", { "a.yaml": "" }, "a.yaml", { rule: "schema/empty-render", file: "a.yaml" }],
    ["comments only", { "a.yaml": "# nothing\n---\n" }, "a.yaml", { rule: "schema/empty-render" }],
    [
      "plain text",
      { "a.yaml": "hello\n" },
      "a.yaml",
      { rule: "schema/parse-error", message: expect.stringContaining("a string") },
    ],
    [
      "a symlink out of the repository",
      { "r/.git/HEAD": "", "r/a.yaml": { link: "../x.yaml" }, "x.yaml": cm },
      "r/a.yaml",
      { rule: "render/outside", file: "r/a.yaml" },
    ],
    ["duplicate keys", { "a.yaml": `${cm}---\na: 1\na: 2\n` }, "a.yaml", { rule: "schema/duplicate-key", line: 4 }],
    [
      "a symlink to nothing in a folder",
      { "m/a.yaml": cm, "m/b.yaml": { link: "gone.yaml" } },
      "m",
      {
        rule: "render/failed",
        file: "m/b.yaml",
        message: "m/b.yaml is a symbolic link to gone.yaml, which does not exist",
      },
    ],
  ])("%s", async (_, files, path, problem) => {
    const { problems } = await renderOne(files, none, path);
    expect(problems).toMatchObject([problem]);
  });

  test("a file of 50 MB", async () => {
    const document = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n${"    some text of no meaning\n".repeat(4_000)}---\n`;
    const text = document.repeat(Math.ceil((50 * 1024 * 1024) / document.length));
    const { resources, problems } = await renderOne({ "a.yaml": text }, none, "a.yaml");
    expect(problems).toEqual([]);
    expect(resources.length).toBeGreaterThan(400);
  }, 60_000);

  test("a file of more than 64 MB", async () => {
    const { problems } = await renderOne({ "a.yaml": Buffer.alloc(64 * 1024 * 1024 + 1, "#") }, none, "a.yaml");
    expect(problems).toMatchObject([{ rule: "schema/parse-error", message: expect.stringContaining("too large") }]);
  });
});
