import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { commit, newRepository } from "../git/repository.ts";
import { check, type Files, gitops, repository, temporaryFolder, triples } from "../run.ts";

const yaml = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join("\n---\n");
const chart = "helmCharts: [{name: redis, repo: 'https://example.com', version: 1.0.0, valuesFile: values.yaml}]\n";
const targets = "targets: [apps]\nprofile: baseline\n";
const namespace = "shop";
const configMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  ...more,
});
const labelled = (value: string) => ({ ...configMap("a"), metadata: { name: "a", labels: { app: value } } });
const pod = (spec: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace, labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "example.com/web:1.0.0", ...spec }] },
});
const ingress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web", namespace },
  spec: {
    tls: [{ secretName: "web-tls" }],
    defaultBackend: { service: { name: "redis-master", port: { number: 80 } } },
  },
};
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "cache", namespace },
  spec: { selector: { app: "redis" }, ports: [{ port: 80 }] },
};
const autoscaler = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "redis", namespace },
  spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "redis" } },
};
const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "redis", namespace },
  spec: { podSelector: { matchLabels: { app: "redis" } } },
};
const budget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "redis", namespace },
  spec: { minAvailable: 1, selector: { matchLabels: { app: "redis" } } },
};
const binding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "redis", namespace },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "redis" },
  subjects: [{ kind: "ServiceAccount", name: "redis", namespace }],
};

/** The findings of one target, without those of the profile that its pods lack something. */
async function found(kustomization: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const inside = Object.fromEntries(Object.entries(files).map(([path, text]) => [`apps/web/${path}`, text]));
  const cwd = repository({ "gitops.yaml": targets, "apps/web/kustomization.yaml": kustomization, ...inside });
  const { report } = await check(["--no-cache"], { cwd });
  expect(report.targets[0]?.status).toBe("error");
  return triples(report).filter((one) => !/^(?:security|reliability)\//.test(one));
}

test.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
  [
    "a wrong kind next to a chart",
    `resources: [a.yaml]\n${chart}`,
    { "a.yaml": yaml({ ...pod({}), kind: "Podd" }) },
    ["schema/unknown-kind apps/web/a.yaml:1", "render/plugin apps/web/kustomization.yaml:2"],
  ],
  [
    "a wrong label next to something remote",
    "resources: [a.yaml, 'https://example.com/b.yaml']\n",
    { "a.yaml": yaml(labelled("a b")) },
    ["apply/label apps/web/a.yaml:1", "gitops/remote-base apps/web/kustomization.yaml:1"],
  ],
  [
    "references to what a chart may create",
    `resources: [a.yaml]\n${chart}`,
    {
      "a.yaml": yaml(ingress, service, autoscaler, policy, budget, binding, {
        ...pod({ envFrom: [{ secretRef: { name: "redis" } }], env: [{ name: "A", value: "redis.shop.svc:6379" }] }),
      }),
    },
    ["render/plugin apps/web/kustomization.yaml:2"],
  ],
  [
    "an image, a label and a patch for the chart, and a file for its values",
    `resources: [a.yaml]\n${chart}images: [{name: redis, newTag: "7"}]\npatches: [{target: {kind: StatefulSet}, patch: '[{"op": "remove", "path": "/spec"}]'}]\n`,
    { "a.yaml": yaml(configMap("a")), "values.yaml": "a: 1\n" },
    ["render/plugin apps/web/kustomization.yaml:2"],
  ],
  [
    "a wrong kind next to a plugin that generates",
    "resources: [a.yaml]\ngenerators: [g.yaml]\n",
    {
      "a.yaml": yaml({ ...pod({}), kind: "Podd" }),
      "g.yaml": yaml({ apiVersion: "viaduct.ai/v1", kind: "ksops", metadata: { name: "g" } }),
    },
    ["schema/unknown-kind apps/web/a.yaml:1", "render/plugin apps/web/kustomization.yaml:2"],
  ],
  [
    "nothing more if it does not render without the chart",
    `resources: [a.yaml]\n${chart}patches: [{path: p.yaml}]\n`,
    { "a.yaml": yaml({ ...pod({}), kind: "Podd" }), "p.yaml": yaml(configMap("of-the-chart")) },
    ["render/plugin apps/web/kustomization.yaml:2"],
  ],
])("reports %s", async (_, kustomization, files, expected) => {
  expect((await found(kustomization, files)).sort()).toEqual([...expected].sort());
});

const application = (name: string, path = `apps/${name}`) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name, namespace: "argocd" },
  spec: {
    project: "default",
    source: { repoURL: "https://example.com/shop.git", targetRevision: "main", path },
    destination: { server: "https://kubernetes.default.svc", namespace },
  },
});

/** Argo CD with its own chart, and the Applications of the other targets next to it. */
const appOfApps: Files = {
  "gitops.yaml": `repository: https://example.com/shop.git\n${targets}`,
  "apps/argocd/kustomization.yaml": `resources: [apps.yaml]\n${chart}`,
  "apps/argocd/apps.yaml": yaml(application("web"), application("redis")),
  "apps/web/kustomization.yaml": "resources: [a.yaml]\n",
  "apps/web/a.yaml": yaml(ingress),
  "apps/redis/kustomization.yaml": `resources: [a.yaml]\n${chart}`,
  "apps/redis/a.yaml": yaml(configMap("a")),
};

test("the Applications next to a chart are known to the other targets", async () => {
  const links = async (files: Files) => {
    const { report } = await check(["--no-cache"], { cwd: repository(files) });
    return triples(report).filter((one) => one.startsWith("link/"));
  };
  expect(await links(appOfApps)).toEqual([]);
  // The Service may not come from a target that is applied to another namespace.
  const elsewhere = {
    ...application("redis"),
    spec: { ...application("redis").spec, destination: { namespace: "db", server: "https://kubernetes.default.svc" } },
  };
  const apart = {
    "apps/argocd/apps.yaml": yaml(application("web"), elsewhere),
    "apps/redis/a.yaml": yaml({ ...configMap("a"), metadata: { name: "a" } }),
  };
  expect(await links({ ...appOfApps, ...apart })).toEqual(["link/ingress-backend apps/web/a.yaml:1"]);
});

test("a cached run reports the same, and runs kustomize no more", async () => {
  const cwd = repository(appOfApps);
  const env = { GITOPS_CACHE_DIR: temporaryFolder() };
  const run = async (...args: string[]) => {
    const { report } = await check(args, { cwd, env });
    const cached = report.targets.filter((one) => one.cached).length;
    return { cached, report: plain(report) };
  };
  const first = await run("--no-cache");
  expect(await run()).toEqual(first);
  expect(await run()).toEqual({ ...first, cached: 3 });
  writeFileSync(join(cwd, "apps/redis/a.yaml"), yaml(labelled("a b")));
  const edited = await run();
  expect(edited.cached).toBe(2);
  expect(edited).toEqual({ ...(await run("--no-cache")), cached: 2 });
  expect(edited.report.findings.map(({ rule }) => rule)).toContain("apply/label");
});

function plain(report: Report) {
  const targets = report.targets.map((one) => ({ ...one, cached: false }));
  return { ...report, targets, summary: { ...report.summary, durationMs: 0 } };
}

test("what a Flux Kustomization adds is added to what is rendered", async () => {
  const flux = (spec: object) => ({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "web", namespace: "flux-system" },
    spec: {
      interval: "1h",
      prune: true,
      path: "apps/web",
      sourceRef: { kind: "GitRepository", name: "shop" },
      ...spec,
    },
  });
  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "shop", namespace: "flux-system" },
    spec: { interval: "1h", url: "https://example.com/shop.git" },
  };
  const of = async (spec: object) => {
    const cwd = repository({
      "gitops.yaml": `repository: https://example.com/shop.git\n${targets}`,
      "apps/flux/all.yaml": yaml(flux(spec), source),
      "apps/web/kustomization.yaml": `resources: [a.yaml]\n${chart}`,
      "apps/web/a.yaml": yaml(labelled("a b")),
    });
    const { report } = await check(["--no-cache"], { cwd });
    const web = report.targets.find(({ path }) => path === "apps/web");
    expect(web).toMatchObject({ status: "error", resources: 1 });
    return report.findings.map(({ rule, appliedBy }) => [rule, ...(appliedBy ?? [])].join(" by ")).sort();
  };
  const patched = (value: unknown, name = "a") => {
    const patch = JSON.stringify({ ...configMap(name), metadata: { name, labels: { app: value } } });
    return of({ patches: [{ patch }] });
  };
  expect(await of({})).toEqual(["apply/label", "render/plugin"]);
  expect(await patched("good")).toEqual(["render/plugin"]);
  expect(await patched("c d")).toEqual(["apply/label", "render/plugin"]);
  // A patch for an object of the chart: it cannot be rendered as it is applied.
  expect(await patched("good", "of-the-chart")).toEqual(["apply/label", "render/plugin"]);
});

/** The objects that `gitops diff main` reports after a change. */
async function changed(change: Files, ...flags: string[]) {
  const files = {
    "gitops.yaml": targets,
    "apps/web/kustomization.yaml": `resources: [a.yaml, b.yaml]\n${chart}`,
    "apps/web/a.yaml": yaml(configMap("a", { data: { a: "1" } })),
    "apps/web/b.yaml": yaml(configMap("b")),
    "apps/web/values.yaml": "a: 1\n",
  };
  const cwd = newRepository();
  commit(cwd, files);
  for (const [path, text] of Object.entries(change)) writeFileSync(join(cwd, path), text as string);
  const { stdout } = await gitops(["diff", "HEAD", "-o", "json"], { cwd });
  const { changes, targets: all } = JSON.parse(stdout);
  const { report } = await check(["--base", "HEAD", "--max-deletions", "0", ...flags], { cwd });
  const deletions = report.findings.filter(({ rule }) => rule === "gitops/deletion-budget");
  const objects = changes.map(({ action, name }: { action: string; name: string }) => `${action} ${name}`);
  return { objects, statuses: all.map(({ status }: { status: string }) => status), deletions: deletions.length };
}

const without = "resources: [a.yaml]\n";

test.each<[string, Files, readonly string[], number]>([
  ["an edit", { "apps/web/a.yaml": yaml(configMap("a", { data: { a: "2" } })) }, ["changed a"], 0],
  ["a deletion next to the same chart", { "apps/web/kustomization.yaml": without + chart }, ["removed b"], 1],
  [
    "no deletion of what may have moved into a chart",
    { "apps/web/kustomization.yaml": without + chart.replace("1.0.0", "2.0.0") },
    [],
    0,
  ],
  [
    "no deletion of what may have moved into its values",
    { "apps/web/kustomization.yaml": without + chart, "apps/web/values.yaml": "extra: [b]\n" },
    [],
    0,
  ],
  ["a deletion, if the chart is gone, too", { "apps/web/kustomization.yaml": without }, ["removed b"], 1],
])("diff and --base report %s", async (_, change, objects, deletions) => {
  expect(await changed(change)).toEqual({ objects, statuses: ["error"], deletions });
});
