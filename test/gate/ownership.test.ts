import { describe, expect, test } from "vitest";
import { git, newRepository } from "../git/repository.ts";
import { check, writeFilesIn } from "../run.ts";

/** An Application that syncs an existing folder, unless another path is given. */
const application = (name: string, repoURL: string, path = "apps/web") => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name, namespace: "argocd" },
  spec: {
    project: "default",
    source: { repoURL, path, targetRevision: "main" },
    destination: { server: "https://kubernetes.default.svc", namespace: "web" },
    syncPolicy: { automated: { prune: true } },
  },
});

/** The findings about Applications in a clone with this remote. */
async function findingsFor(origin: string, applications: readonly object[], files: Record<string, string> = {}) {
  const cwd = newRepository();
  git(cwd, ["remote", "add", "origin", origin]);
  writeFilesIn(cwd, {
    "apps.yaml": applications.map((one) => JSON.stringify(one)).join("\n---\n"),
    "apps/web/kustomization.yaml": "resources: [all.yaml]\n",
    "apps/web/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n",
    ...files,
  });
  const { report } = await check([], { cwd });
  const relevant = /^gitops\/(?:owned-twice|sync-path)$/;
  return report.findings.filter(({ rule }) => relevant.test(rule)).map(({ rule, message }) => `${rule}: ${message}`);
}

const twice = "gitops/owned-twice: Application b applies ConfigMap web/web, and so does Application a";
const nowhere = (name: string) => `gitops/sync-path: Application ${name} syncs apps/db, which does not exist`;

describe("the repository that a URL names", () => {
  const ours = "https://github.com/team-a/gitops.git";

  test("another owner's repository of the same name is a different one if ours is named", async () => {
    const applications = [
      application("a", ours),
      application("b", "https://github.com/team-b/gitops.git"),
      application("c", "https://github.com/team-b/gitops.git", "apps/db"),
    ];
    expect(await findingsFor("git@github.com:team-a/gitops.git", applications)).toEqual([]);
  });

  test("a mirror on another host is the same repository", async () => {
    const applications = [application("a", ours), application("b", "https://gitlab.example.com/team-a/gitops.git")];
    expect(await findingsFor("git@github.com:team-a/gitops.git", applications)).toEqual([twice]);
  });

  test("two Applications of the same name are told apart by their namespaces", async () => {
    const one = application("a", ours);
    const other = { ...one, metadata: { ...one.metadata, namespace: "openshift-gitops" } };
    expect(await findingsFor("git@github.com:team-a/gitops.git", [one, other])).toEqual([
      "gitops/owned-twice: Application a in namespace openshift-gitops applies ConfigMap web/web, and so does Application a in namespace argocd",
    ]);
  });

  test("in a fork, the original counts as this repository", async () => {
    const applications = ["a", "b"].map((name) => application(name, ours));
    expect(await findingsFor("git@github.com:somebody/gitops.git", applications)).toEqual([twice]);
  });

  test.each(["/srv/git/clone", "../clone", "file:///srv/git/clone", "C:\\git\\clone"])(
    "a remote on the local disk (%s) rules out no URL",
    async (origin) => {
      const applications = ["a", "b"].map((name) => application(name, ours));
      expect(await findingsFor(origin, applications)).toEqual([twice]);
    },
  );

  test("a URL equal to a remote on the local disk names this repository", async () => {
    const applications = [application("a", "file:///srv/git/clone", "apps/db")];
    expect(await findingsFor("/srv/git/clone", applications)).toEqual([nowhere("a")]);
  });

  test("a generator can name this repository", async () => {
    const set = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "ApplicationSet",
      metadata: { name: "all", namespace: "argocd" },
      spec: {
        generators: [{ matrix: { generators: [{ git: { repoURL: ours, directories: [{ path: "apps/*" }] } }] } }],
        template: { metadata: { name: "{{path.basename}}" }, spec: {} },
      },
    };
    const theirs = ["a", "b"].map((name) => application(name, "https://github.com/team-b/gitops.git"));
    expect(await findingsFor("git@github.com:team-a/gitops.git", [set, ...theirs])).toEqual([]);
  });

  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "flux-system", namespace: "flux-system" },
    spec: { interval: "1m", url: "ssh://git@github.com/team-a/gitops", ref: { branch: "main" } },
  };

  test("the source from flux bootstrap names this repository, whatever the name of a fork", async () => {
    const kustomization = {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { namespace: "flux-system" },
      spec: {
        interval: "1h",
        prune: true,
        path: "./apps/web",
        sourceRef: { kind: "GitRepository", name: "flux-system" },
        targetNamespace: "web",
      },
    };
    const both = ["a", "b"].map((name) => ({ ...kustomization, metadata: { ...kustomization.metadata, name } }));
    const expected = twice.replaceAll("Application", "Kustomization");
    expect(await findingsFor("git@github.com:somebody/cluster.git", [source, ...both])).toEqual([expected]);
    expect(await findingsFor("git@github.com:team-a/gitops.git", [source, ...both])).toEqual([expected]);
  });

  test("a GitRepository can name this repository", async () => {
    const theirs = ["a", "b"].map((name) => application(name, "https://github.com/team-b/gitops.git"));
    expect(await findingsFor("git@github.com:team-a/gitops.git", [source, ...theirs])).toEqual([]);
  });
});
