import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { build, find, kustomizes, overlays, type Rendered, render, root } from "./guestbook.ts";

const url = "https://github.com/guestbook-gitops/guestbook-gitops";
const deployed = (await Promise.all(overlays.map((overlay) => render(`overlays/${overlay}`)))).flat();
const groupOf = ({ apiVersion }: Rendered) => (apiVersion.includes("/") ? apiVersion.split("/")[0] : "") ?? "";

test.each(["argocd", "flux"])("every kustomize on this machine renders clusters/%s the same", async (cluster) => {
  const [first, ...others] = await Promise.all(kustomizes.map((one) => build(`clusters/${cluster}`, one)));
  for (const other of others) expect(other).toBe(first);
});

test("the repository's URL is in only one file", async () => {
  const files = ["argocd/project.yaml", "argocd/applications.yaml", "flux/source.yaml", "flux/overlays.yaml"];
  for (const file of files) expect(readFileSync(join(root, "clusters", file), "utf8")).not.toContain("://github");
  for (const cluster of ["argocd", "flux"]) expect(await build(`clusters/${cluster}`)).not.toContain("set by");
});

test("the script for real clusters requires a context", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["test/guestbook/cluster.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain("--context is missing");
});

describe("Argo CD", async () => {
  const objects = await render("clusters/argocd");
  const { spec: project } = find(objects, "AppProject", "guestbook");
  const { spec: set } = find(objects, "ApplicationSet", "guestbook");

  test("follows this repository's overlays on the main branch", () => {
    expect(project.sourceRepos).toEqual([url]);
    expect(set.generators).toEqual([
      { git: { repoURL: url, revision: "main", directories: [{ path: "overlays/*" }] } },
    ]);
    expect(set.template.spec).toMatchObject({
      project: "guestbook",
      source: { repoURL: url, targetRevision: "main", path: "{{.path.path}}" },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    });
  });

  test("may deploy exactly the kinds that the overlays use", () => {
    const allowed = [...project.clusterResourceWhitelist, ...project.namespaceResourceWhitelist];
    const used = deployed.map((object) => `${groupOf(object)}/${object.kind}`);
    expect(allowed.map(({ group, kind }) => `${group}/${kind}`).sort()).toEqual([...new Set(used)].sort());
    expect(project.clusterResourceWhitelist).toEqual([{ group: "", kind: "Namespace" }]);
  });

  test("may deploy into the overlays' namespaces only", () => {
    expect(project.destinations).toEqual([{ server: "https://kubernetes.default.svc", namespace: "guestbook-*" }]);
    expect(set.template.spec.destination.namespace).toBe("guestbook-{{.path.basename}}");
  });
});

describe("Flux", async () => {
  const objects = await render("clusters/flux");

  test("follows this repository on the main branch", () => {
    expect(find(objects, "GitRepository", "guestbook").spec).toMatchObject({ url, ref: { branch: "main" } });
  });

  test("syncs every overlay, prunes, and waits until everything is healthy", () => {
    const kustomizations = objects.filter((object) => object.kind === "Kustomization");
    expect(kustomizations.map((one) => one.spec.path).sort()).toEqual(
      overlays.map((overlay) => `./overlays/${overlay}`).sort(),
    );
    for (const { metadata, spec } of kustomizations) {
      expect(metadata.name).toBe(`guestbook-${spec.path.split("/").at(-1)}`);
      expect(spec).toMatchObject({ prune: true, wait: true, timeout: "5m", serviceAccountName: "guestbook" });
      expect(spec.sourceRef).toEqual({ kind: "GitRepository", name: "guestbook" });
    }
  });

  test("may write exactly the kinds that the overlays use", () => {
    const plural = (kind: string) => (kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`).toLowerCase();
    const used = deployed.map((object) => `${groupOf(object)}/${plural(object.kind)}`);
    const writable = find(objects, "ClusterRole", "guestbook-sync")
      .rules.filter((rule: { verbs: string[] }) => rule.verbs.includes("patch"))
      .flatMap((rule: { apiGroups: string[]; resources: string[] }) =>
        rule.resources.map((resource) => `${rule.apiGroups[0]}/${resource}`),
      );
    expect(writable.sort()).toEqual([...new Set(used)].sort());
  });
});
