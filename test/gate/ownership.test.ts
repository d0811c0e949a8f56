import { describe, expect, test } from "vitest";
import { git, newRepository } from "../git/repository.ts";
import { check, writeFilesIn } from "../run.ts";

/** An Application of a folder that is there, unless it says another one. */
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

/** What is said of the Applications of a clone whose remote is this one. */
async function told(origin: string, applications: readonly object[], files: Record<string, string> = {}) {
  const cwd = newRepository();
  git(cwd, ["remote", "add", "origin", origin]);
  writeFilesIn(cwd, {
    "apps.yaml": applications.map((one) => JSON.stringify(one)).join("\n---\n"),
    "apps/web/kustomization.yaml": "resources: [all.yaml]\n",
    "apps/web/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n",
    ...files,
  });
  const { report } = await check([], { cwd });
  const looked = /^gitops\/(?:owned-twice|sync-path)$/;
  return report.findings.filter(({ rule }) => looked.test(rule)).map(({ rule, message }) => `${rule}: ${message}`);
}

const twice = "gitops/owned-twice: Application b applies ConfigMap web/web, and so does Application a";
const nowhere = (name: string) =>
  `gitops/sync-path: Application ${name} syncs apps/db, which does not exist, did you mean "apps/web"?`;

describe("whose repository a URL names", () => {
  const ours = "https://github.com/team-a/gitops.git";

  test("another owner's of the same name is another one where ours is named", async () => {
    const applications = [
      application("a", ours),
      application("b", "https://github.com/team-b/gitops.git"),
      application("c", "https://github.com/team-b/gitops.git", "apps/db"),
    ];
    expect(await told("git@github.com:team-a/gitops.git", applications)).toEqual([]);
  });

  test("a mirror on another host is the same", async () => {
    const applications = [application("a", ours), application("b", "https://gitlab.example.com/team-a/gitops.git")];
    expect(await told("git@github.com:team-a/gitops.git", applications)).toEqual([twice]);
  });

  test("that of a fork's origin is taken for it", async () => {
    const applications = ["a", "b"].map((name) => application(name, ours));
    expect(await told("git@github.com:somebody/gitops.git", applications)).toEqual([twice]);
  });

  test.each(["/srv/git/clone", "../clone", "file:///srv/git/clone", "C:\\git\\clone"])(
    "a remote on the disk (%s) says nothing",
    async (origin) => {
      const applications = ["a", "b"].map((name) => application(name, ours));
      expect(await told(origin, applications)).toEqual([twice]);
    },
  );

  test("but that it is the one, where it is named as it is", async () => {
    const applications = [application("a", "file:///srv/git/clone", "apps/db")];
    expect(await told("/srv/git/clone", applications)).toEqual([nowhere("a")]);
  });

  test("what a generator reads is named, too", async () => {
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
    expect(await told("git@github.com:team-a/gitops.git", [set, ...theirs])).toEqual([]);
  });

  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "flux-system", namespace: "flux-system" },
    spec: { interval: "1m", url: "ssh://git@github.com/team-a/gitops", ref: { branch: "main" } },
  };

  test("what flux bootstrap wrote names the repository, whatever a fork is called", async () => {
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
    const said = twice.replaceAll("Application", "Kustomization");
    expect(await told("git@github.com:somebody/cluster.git", [source, ...both])).toEqual([said]);
    expect(await told("git@github.com:team-a/gitops.git", [source, ...both])).toEqual([said]);
  });

  test("and so is the source of a Kustomization", async () => {
    const theirs = ["a", "b"].map((name) => application(name, "https://github.com/team-b/gitops.git"));
    expect(await told("git@github.com:team-a/gitops.git", [source, ...theirs])).toEqual([]);
  });
});
