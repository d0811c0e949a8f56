import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resourceId } from "../../tools/core/resource.ts";
import { discover } from "../../tools/load/discover.ts";
import { renderAs } from "../../tools/render/additions.ts";
import { renderAll } from "../../tools/render/render.ts";
import type { RenderOptions } from "../../tools/render/rendering.ts";
import { configMap, type Leaf, tree } from "../load/tree.ts";
import { named, pinned } from "./kustomizes.ts";

type Files = Readonly<Record<string, Leaf>>;

async function renderOne(files: Files, options: Partial<RenderOptions> = {}) {
  const cwd = tree({ "o/a.yaml": configMap("a"), ...files });
  const [rendered] = await renderAll(discover(["o"], { cwd }), { cwd, kustomize: pinned, ...options });
  if (rendered === undefined) throw new Error("nothing rendered");
  return rendered;
}

const chart = "helmCharts: [{name: redis, repo: https://example.com, version: 1.0.0}]\n";
const remote = "https://example.com/a.yaml";
const plugin = (more = "") => `{apiVersion: example.com/v1, kind: Evil, metadata: {name: x${more}}}\n`;
const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
const container = ", annotations: {config.kubernetes.io/function: 'container: {image: evil}'}";
const merge = (name: string) => `patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}'}]\n`;

describe.each(named)("%s", (_, kustomize) => {
  test.each<[string, Files, readonly string[]]>([
    ["a chart", { "o/kustomization.yaml": `resources: [a.yaml]\n${chart}` }, ["render/plugin"]],
    [
      "a chart in other letters",
      { "o/kustomization.yaml": `Resources: [a.yaml]\nHELM${chart.slice(4)}` },
      ["render/plugin"],
    ],
    [
      "charts and where they are",
      { "o/kustomization.yaml": `resources: [a.yaml]\nhelmGlobals: {chartHome: c}\n${chart}` },
      ["render/plugin", "render/plugin"],
    ],
    [
      "a base with a chart and nothing else",
      { "o/kustomization.yaml": "resources: [../b, a.yaml]\n", "b/kustomization.yaml": chart },
      ["render/plugin"],
    ],
    [
      "a component with a chart",
      {
        "o/kustomization.yaml": "resources: [a.yaml]\ncomponents: [../c]\n",
        "c/kustomization.yaml": component + chart,
      },
      ["render/plugin"],
    ],
    ["a remote resource", { "o/kustomization.yaml": `resources: [a.yaml, "${remote}"]\n` }, ["gitops/remote-base"]],
    [
      "a remote base in a base",
      {
        "o/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": 'bases: ["github.com/a/b?ref=v1"]\nresources: [a.yaml]\n',
        "b/a.yaml": configMap("a"),
      },
      ["gitops/remote-base"],
    ],
    [
      "a generator that is a plugin",
      { "o/kustomization.yaml": "resources: [a.yaml]\ngenerators: [g.yaml]\n", "o/g.yaml": plugin() },
      ["render/plugin"],
    ],
    [
      "an inline generator that is a function",
      { "o/kustomization.yaml": `resources: [a.yaml]\ngenerators:\n- |\n  ${plugin(container)}` },
      ["render/plugin"],
    ],
    [
      "a validator that is a plugin",
      { "o/kustomization.yaml": "resources: [a.yaml]\nvalidators: [g.yaml]\n", "o/g.yaml": plugin() },
      ["render/plugin"],
    ],
    [
      "a generator with a remote file",
      { "o/kustomization.yaml": `resources: [a.yaml]\nconfigMapGenerator: [{name: b, files: ["${remote}"]}]\n` },
      ["gitops/remote-base"],
    ],
    [
      "a patch for anything of a kind",
      {
        "o/kustomization.yaml": `resources: [a.yaml]\n${chart}patches: [{target: {kind: Deployment}, patch: '[{"op": "remove", "path": "/spec"}]'}]\n`,
      },
      ["render/plugin"],
    ],
  ])("is rendered without %s", async (_title, files, rules) => {
    const rendered = await renderOne(files, { kustomize });
    expect(rendered.problems.map(({ rule }) => rule)).toEqual(rules);
    expect(rendered).toMatchObject({ failed: true, isPartial: true, passing: false, kustomize });
    expect(rendered.resources.map(resourceId)).toEqual(["v1/ConfigMap/a"]);
  });

  test.each<[string, Files, readonly string[]]>([
    ["nothing else", { "o/kustomization.yaml": chart }, ["render/plugin"]],
    [
      "a patch for an object of the chart",
      { "o/kustomization.yaml": `resources: [a.yaml]\n${chart}${merge("redis")}` },
      ["render/plugin"],
    ],
    [
      "a replacement with a value of the chart",
      {
        "o/kustomization.yaml": `resources: [a.yaml]\n${chart}replacements: [{source: {kind: Service}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]}]\n`,
      },
      ["render/plugin"],
    ],
    [
      "a missing file",
      { "o/kustomization.yaml": `resources: [a.yaml, b.yaml]\n${chart}` },
      ["render/plugin", "render/failed"],
    ],
    [
      "a file outside its folder",
      { "o/kustomization.yaml": `resources: [../b.yaml]\n${chart}`, "b.yaml": configMap("b") },
      ["render/plugin", "render/failed"],
    ],
    [
      "a transformer that is a plugin: it may change everything",
      { "o/kustomization.yaml": "resources: [a.yaml]\ntransformers: [t.yaml]\n", "o/t.yaml": plugin() },
      ["render/plugin"],
    ],
    [
      "a remote component: it may change everything",
      { "o/kustomization.yaml": `resources: [a.yaml]\ncomponents: ["https://example.com/c?ref=v1"]\n` },
      ["gitops/remote-base"],
    ],
    [
      "a remote patch",
      { "o/kustomization.yaml": `resources: [a.yaml]\npatches: [{path: "${remote}", target: {kind: ConfigMap}}]\n` },
      ["gitops/remote-base"],
    ],
    [
      "a generator that changes another with a remote file",
      {
        "o/kustomization.yaml": `resources: [a.yaml]\nconfigMapGenerator: [{name: a, behavior: merge, files: ["${remote}"]}]\n`,
      },
      ["gitops/remote-base"],
    ],
    [
      "a folder of generators with a plugin",
      {
        "o/kustomization.yaml": "resources: [a.yaml]\ngenerators: [../g]\n",
        "g/kustomization.yaml": "resources: [g.yaml]\n",
        "g/g.yaml": plugin(),
      },
      ["render/plugin"],
    ],
    [
      "a folder of generators with something remote, reached twice",
      {
        "o/kustomization.yaml": "resources: [a.yaml, ../g]\ngenerators: [../g]\n",
        "g/kustomization.yaml": `resources: ["${remote}"]\n`,
      },
      ["gitops/remote-base", "gitops/remote-base"],
    ],
  ])("is not rendered with %s", async (_title, files, rules) => {
    const rendered = await renderOne(files, { kustomize });
    expect(rendered.problems.map(({ rule }) => rule)).toEqual(rules);
    expect(rendered).toMatchObject({ resources: [], failed: true, passing: false });
    expect(rendered.isPartial).toBeUndefined();
  });
});

test("nothing is run or loaded, whatever the entries say", async () => {
  const mark = join(tree({ "x/": "" }), "mark");
  const text = `{apiVersion: v1, kind: Evil, metadata: {name: x, annotations: {config.kubernetes.io/function: "exec: {path: ./evil.sh}"}}}`;
  const files = {
    "o/kustomization.yaml": `resources: [a.yaml]\n${chart}generators: [g.yaml]\nGENERATORS: [g.yaml]\n---\ntransformers: []\ngenerators: [g.yaml]\n`,
    "o/g.yaml": text,
    "o/evil.sh": `#!/bin/sh\ntouch ${mark}\n`,
  };
  const rendered = await renderOne(files);
  expect(rendered.problems).toHaveLength(4);
  expect(existsSync(mark)).toBe(false);
});

test("a target that was stopped without the entries may render next time", async () => {
  const slow = join(tree({ kustomize: "#!/bin/sh\nwhile :; do :; done\n" }), "kustomize");
  chmodSync(slow, 0o755);
  const kustomize = { ...pinned, from: "PATH", version: "v5.0.0", command: [slow] } as const;
  const limits = { timeout: 100 };
  const rendered = await renderOne({ "o/kustomization.yaml": `resources: [a.yaml]\n${chart}` }, { kustomize, limits });
  expect(rendered).toMatchObject({ resources: [], failed: true, passing: true });
  expect(rendered.problems.map(({ rule }) => rule)).toEqual(["render/plugin"]);
});

test("what a controller adds is added to it", async () => {
  const cwd = tree({
    "o/kustomization.yaml": `resources: [../b]\n`,
    "b/kustomization.yaml": `resources: [a.yaml]\n${chart}`,
    "b/a.yaml": configMap("a"),
  });
  const target = { path: "o", kind: "kustomization" } as const;
  const as = (kustomization: object) =>
    renderAs(target, { by: "Kustomization o", kustomization: kustomization as never }, { cwd, kustomize: pinned });
  const added = await as({ namespace: "shop" });
  expect(added).toMatchObject({ failed: true, isPartial: true });
  expect(added.resources.map(resourceId)).toEqual(["v1/ConfigMap/shop/a"]);
  const other = await as({ patches: [{ patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: redis}}" }] });
  expect(other).toMatchObject({ failed: true, resources: [] });
});
