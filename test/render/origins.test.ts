import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resourceId } from "../../tools/core/resource.ts";
import { renderWithOrigins } from "../../tools/render/origins.ts";
import { renderAll } from "../../tools/render/render.ts";
import { configMap, type Leaf, tree } from "../load/tree.ts";
import { named, pinned } from "./kustomizes.ts";

const target = { path: "over", kind: "kustomization" } as const;

const repository = {
  "base/kustomization.yaml": "resources: [all.yaml]\nconfigMapGenerator:\n- name: generated\n  files: [data.txt]\n",
  "base/data.txt": "hello\n",
  "base/all.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
${configMap("plain")}`,
  "comp/kustomization.yaml": `
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [extra.yaml]
patches: [{path: patch.yaml}]
`,
  "comp/extra.yaml": configMap("extra"),
  "comp/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
  "over/kustomization.yaml":
    "resources: [../base, sub]\ncomponents: [../comp]\nnamespace: ns\nnamePrefix: p-\nimages: [{name: nginx, newTag: '1'}]\ntransformers: [t.yaml]\n",
  "over/t.yaml":
    "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: mine}\nlabels: {a: b}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
  "over/sub/kustomization.yaml": "resources: [own.yaml]\n",
  "over/sub/own.yaml": configMap("own"),
};

describe.each(named)("%s", (_, kustomize) => {
  test("where each resource comes from, and what it went through", async () => {
    const cwd = tree(repository);
    const origins = await renderWithOrigins(target, { cwd, kustomize });
    const paths = [...origins].map(([id, { origin }]) => [
      id.replace(/-[a-z0-9]{10}$/, ""),
      origin?.path ?? origin?.configuredIn,
    ]);
    expect(Object.fromEntries(paths)).toEqual({
      "apps/v1/Deployment/ns/p-web": "base/all.yaml",
      "v1/ConfigMap/ns/p-plain": "base/all.yaml",
      "v1/ConfigMap/ns/p-generated": "base/kustomization.yaml",
      "v1/ConfigMap/ns/p-extra": "comp/extra.yaml",
      "v1/ConfigMap/ns/p-own": "over/sub/own.yaml",
    });
    expect(origins.get("apps/v1/Deployment/ns/p-web")?.transformations).toEqual([
      { configuredIn: "comp/kustomization.yaml", configuredBy: { kind: "PatchTransformer" } },
      { configuredIn: "over/kustomization.yaml", configuredBy: { kind: "NamespaceTransformer" } },
      { configuredIn: "over/kustomization.yaml", configuredBy: { kind: "PrefixTransformer" } },
      { configuredIn: "over/kustomization.yaml", configuredBy: { kind: "ImageTagTransformer" } },
      { configuredIn: "over/t.yaml", configuredBy: { kind: "LabelTransformer", name: "mine" } },
    ]);
    const generated = [...origins].find(([id]) => id.includes("generated"))?.[1];
    expect(generated?.origin).toEqual({
      configuredIn: "base/kustomization.yaml",
      configuredBy: { kind: "ConfigMapGenerator" },
    });
  });

  test("its resources are those of the render itself", async () => {
    const cwd = tree(repository);
    const [rendered] = await renderAll([target], { cwd, kustomize });
    const origins = await renderWithOrigins(target, { cwd, kustomize });
    expect([...origins.keys()]).toEqual(rendered?.resources.map(resourceId));
    expect(JSON.stringify(rendered?.resources)).not.toMatch(/config\.kubernetes\.io/);
    expect(readdirSync(cwd).sort()).toEqual(["base", "comp", "over"]);
  });

  test.each<[string, Readonly<Record<string, Leaf>>]>([
    [
      "options of its own",
      {
        "over/kustomization.yaml": "resources: [a.yaml]\nbuildMetadata: [managedByLabel]\n",
        "over/a.yaml": configMap("a"),
      },
    ],
    [
      "a schema of its own",
      {
        "over/kustomization.yaml": "resources: [a.yaml]\nopenapi: {path: schema.json}\n",
        "over/a.yaml": configMap("a"),
        "over/schema.json": '{"definitions": {}}',
      },
    ],
    [
      "blanks in its path",
      { "over/kustomization.yaml": "resources: [with blank/a b.yaml]\n", "over/with blank/a b.yaml": configMap("a") },
    ],
  ])("%s", async (_, files) => {
    const cwd = tree(files);
    const origins = await renderWithOrigins(target, { cwd, kustomize });
    expect([...origins].map(([id, { origin }]) => [id, origin?.path?.endsWith(".yaml")])).toEqual([
      ["v1/ConfigMap/a", true],
    ]);
  });

  test("stands in a folder of the repository", async () => {
    const cwd = `${tree(repository)}/over`;
    const origins = await renderWithOrigins({ ...target, path: "." }, { cwd, kustomize });
    expect(origins.get("apps/v1/Deployment/ns/p-web")?.origin).toEqual({ path: "../base/all.yaml" });
    expect(origins.get("v1/ConfigMap/ns/p-own")?.origin).toEqual({ path: "sub/own.yaml" });
  });
});

test("nothing of what does not render", async () => {
  const cwd = tree({ "over/kustomization.yaml": "nope: 1\n" });
  expect(await renderWithOrigins(target, { cwd, kustomize: pinned })).toEqual(new Map());
});
