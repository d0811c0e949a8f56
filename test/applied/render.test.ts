import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { isObject, type Json } from "../../tools/core/json.ts";
import type { Resource } from "../../tools/core/resource.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";
import { modern } from "../render/kustomizes.ts";
import { gitops, repository } from "../run.ts";

const here = import.meta.dirname;
const cwd = repository({}, join(here, "fleet"));

function resourcesIn(text: string) {
  return resourcesOf(parseDocuments(text, "").documents).resources;
}

/** The places where a value differs from what the server has. The server adds defaults, and drops empty values. */
function differences(rendered: Json, live: Json | undefined, pointer = ""): string[] {
  if (rendered === null) return live === undefined || live === "" ? [] : [pointer];
  if (Array.isArray(rendered)) {
    if (!Array.isArray(live) || live.length !== rendered.length) return [pointer];
    return rendered.flatMap((one, index) => differences(one, live[index], `${pointer}/${index}`));
  }
  if (!isObject(rendered)) return rendered === live ? [] : [pointer];
  if (!isObject(live)) return [pointer];
  return Object.entries(rendered).flatMap(([key, one]) => differences(one, live[key], `${pointer}/${key}`));
}

/** A destination that is not in the manifests is not rendered. */
function idOf({ apiVersion, kind, name }: Resource): string {
  return `${apiVersion} ${kind} ${name}`;
}

// `NAME.yaml` is what a real kustomize-controller 1.9 applied of the Kustomization NAME in fleet/clusters, and Argo CD 3.2 of the
// Application NAME, without what the server and the controllers add to metadata.
describe("render --as gives what Flux and Argo CD apply", () => {
  test.each(["a", "plain", "nested", "one", "two"])("%s", (name) => compare(name));

  // labelIncludeTemplates needs kustomize 5.
  test.skipIf(modern === undefined)("three", () => compare("three", ["--kustomize", modern?.command[0] ?? ""]));

  test("what needs kustomize 5 says so", async () => {
    const { stderr, code } = await gitops(["render", "--as", "three"], { cwd });
    expect(stderr).toContain("kustomize v4.5.4 does not support apps/argo/kustomization.yaml: labels.includeTemplates");
    expect(code).toBe(1);
  });

  async function compare(name: string, flags: readonly string[] = []): Promise<void> {
    const { stdout, code } = await gitops(["render", "--as", name, "--no-cache", ...flags], { cwd });
    expect(code).toBe(0);
    const [rendered, live] = [resourcesIn(stdout), resourcesIn(readFileSync(join(here, `${name}.yaml`), "utf8"))];
    const ids = (all: typeof live) => all.map(idOf).sort();
    expect(ids(rendered)).toEqual(ids(live));
    const byId = new Map(live.map((one) => [idOf(one), one.object]));
    expect(rendered.flatMap((one) => differences(one.object, byId.get(idOf(one)), idOf(one)))).toEqual([]);
  }

  test("the namespace of the Kustomization may be named too", async () => {
    const [one, other] = await Promise.all(
      ["plain", "flux-system/plain"].map((name) => gitops(["render", "--as", name], { cwd })),
    );
    expect(one?.stdout).not.toBe("");
    expect(one?.stdout).toBe(other?.stdout);
  });

  test("a namespace, affixes and metadata alone, and manifests that Argo CD applies as they are", async () => {
    const files = {
      "gitops.yaml": "repository: https://example.com/fleet.git\n",
      "app/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n",
      "clusters/all.yaml": [
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: fleet, namespace: flux-system }\nspec: { interval: 1m, url: https://example.com/fleet.git }",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: flux, namespace: flux-system }\nspec: { interval: 1m, prune: true, path: app, sourceRef: { kind: GitRepository, name: fleet }, targetNamespace: shop, nameSuffix: -x, commonMetadata: { labels: { a: b } } }",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: argo, namespace: argocd }\nspec: { project: default, destination: { namespace: shop }, source: { repoURL: https://example.com/fleet.git, path: app } }",
      ].join("\n---\n"),
    };
    const folder = repository(files);
    const [flux, argo] = await Promise.all(
      ["flux", "argo"].map((name) => gitops(["render", "--as", name], { cwd: folder })),
    );
    expect(resourcesIn(flux?.stdout ?? "")[0]?.object.metadata).toEqual({
      name: "web-x",
      namespace: "shop",
      labels: { a: "b" },
    });
    expect(resourcesIn(argo?.stdout ?? "")[0]?.object.metadata).toEqual({ name: "web" });
  });

  test("a name that does not exist is an error", async () => {
    const { stderr, code } = await gitops(["render", "--as", "plian"], { cwd });
    expect(stderr).toContain('is called plian, did you mean "plain"?');
    expect(code).toBe(2);
  });
});

test("the gate expects it to be applied", async () => {
  const { stdout } = await gitops(["check", "--profile", "baseline", "-o", "json"], { cwd });
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.filter(({ rule }) => /^(?:schema|apply|api)/.test(rule))).toEqual([]);
});
