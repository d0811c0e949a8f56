import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { markdown } from "../../tools/diff/formats/markdown.ts";
import type { DiffReport } from "../../tools/diff/report.ts";
import { summaryOf } from "../../tools/diff/summary.ts";
import { definitionOf } from "../definition.ts";
import { commit, newRepository } from "../git/repository.ts";
import { diffReport, summaryLine } from "./history.ts";
import * as make from "./table.ts";

type Objects = readonly object[];

interface Case {
  readonly name: string;
  readonly before: Objects;
  readonly after: Objects;
  /** `changed Deployment/web: rolling-restart`, in any order. */
  readonly expected: readonly string[];
}

const one = (name: string, before: object, after: object, ...expected: string[]): Case => ({
  name,
  before: [before],
  after: [after],
  expected,
});
const web = (effects: string) => `changed Deployment/web: ${effects}`;
const toService = (effects: string) => `changed Service/web: ${effects}`;
const sync = (effects: string) => `changed Kustomization/web: ${effects}`;
const { workload, service, config, annotated } = make;

const cases: readonly Case[] = [
  // Pods
  one(
    "another image",
    workload(),
    workload({}, {}, { image: "registry.example.com/web:1.1.0" }),
    web("rolling-restart"),
  ),
  one("an added variable", workload(), workload({}, {}, { env: [{ name: "A", value: "a" }] }), web("rolling-restart")),
  one(
    "variables in another order",
    workload(
      {},
      {},
      {
        env: [
          { name: "A", value: "a" },
          { name: "B", value: "$(A)" },
        ],
      },
    ),
    workload(
      {},
      {},
      {
        env: [
          { name: "B", value: "$(A)" },
          { name: "A", value: "a" },
        ],
      },
    ),
    web("rolling-restart"),
  ),
  one(
    "the same amount",
    workload({}, {}, { resources: { limits: { cpu: "0.1", memory: "1Gi" } } }),
    workload({}, {}, { resources: { limits: { cpu: "100m", memory: "1024Mi" } } }),
  ),
  one("an explicit default", workload(), workload({ replicas: 1, revisionHistoryLimit: 10 })),
  one("more replicas", workload({ replicas: 2 }), workload({ replicas: 3 }), web("scale")),
  one("no replicas", workload({ replicas: 2 }), workload({ replicas: 0 }), web("traffic-loss, scale")),
  one("replicas reset to the default", workload({ replicas: 2 }), workload(), web("scale")),
  one(
    "an image, with Recreate",
    workload({ strategy: { type: "Recreate" } }),
    workload({ strategy: { type: "Recreate" } }, {}, { image: "registry.example.com/web:1.1.0" }),
    web("recreate"),
  ),
  one("Recreate over a default", workload(), workload({ strategy: { type: "Recreate" } }), web("rejected")),
  one(
    "an image, paused",
    workload({ paused: true }),
    workload({ paused: true }, {}, { image: "registry.example.com/web:1.1.0" }),
    web("rolling-restart"),
  ),
  one(
    "another selector",
    workload(),
    workload({
      selector: { matchLabels: { app: "web", tier: "a" } },
      template: { ...workload().spec.template, metadata: { labels: { app: "web", tier: "a" } } },
    }),
    web("rejected, rolling-restart"),
  ),
  one(
    "a label on the workload itself",
    workload(),
    { ...workload(), metadata: { name: "web", namespace: "shop", labels: { a: "b" } } },
    web("none"),
  ),
  one(
    "a DaemonSet's image",
    workload({}, {}, {}, "DaemonSet"),
    workload({}, {}, { image: "i:2" }, "DaemonSet"),
    "changed DaemonSet/web: rolling-restart",
  ),
  one(
    "the nodes of a DaemonSet",
    workload({}, {}, {}, "DaemonSet"),
    workload({}, { nodeSelector: { disk: "ssd" } }, {}, "DaemonSet"),
    "changed DaemonSet/web: rolling-restart, scale",
  ),
  one("a CronJob's image", make.cronJob("a:1"), make.cronJob("a:2"), "changed CronJob/nightly: none"),
  one("a Job's image", make.job("a:1"), make.job("a:2"), "changed Job/load: rejected"),
  one(
    "a Job that Flux recreates",
    make.job("a:1", { "kustomize.toolkit.fluxcd.io/force": "enabled" }),
    make.job("a:2", { "kustomize.toolkit.fluxcd.io/force": "enabled" }),
    "changed Job/load: recreate",
  ),
  one(
    "a Job that Argo CD replaces",
    make.job("a:1", { "argocd.argoproj.io/sync-options": "Replace=true,Force=true" }),
    make.job("a:2", { "argocd.argoproj.io/sync-options": "Replace=true,Force=true" }),
    "changed Job/load: recreate",
  ),
  one(
    "an object that Flux does not update",
    annotated(config({ a: "1" }), { "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" }),
    annotated(config({ a: "2" }), { "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" }),
    "changed ConfigMap/settings: none",
  ),
  one("an autoscaler's maximum", make.autoscaler(3), make.autoscaler(5), "changed HorizontalPodAutoscaler/web: scale"),
  {
    name: "an added workload",
    before: [workload()],
    after: [workload(), workload({}, {}, {}, "Deployment", "api")],
    expected: ["added Deployment/api: none"],
  },
  {
    name: "a removed workload",
    before: [workload(), workload({}, {}, {}, "Deployment", "api")],
    after: [workload()],
    expected: ["removed Deployment/api: scale"],
  },
  {
    name: "an invalid workload",
    before: [workload()],
    after: [workload(), workload({ replicas: -1 }, {}, {}, "Deployment", "api")],
    expected: ["added Deployment/api: rejected"],
  },

  // Volumes
  {
    name: "a removed claim",
    before: [workload(), make.claim()],
    after: [workload()],
    expected: ["removed PersistentVolumeClaim/data: data-loss"],
  },
  {
    name: "a removed claim that Flux keeps",
    before: [workload(), annotated(make.claim(), { "kustomize.toolkit.fluxcd.io/prune": "disabled" })],
    after: [workload()],
    expected: ["removed PersistentVolumeClaim/data: none"],
  },
  one("a larger claim", make.claim("1Gi"), make.claim("2Gi"), "changed PersistentVolumeClaim/data: none"),
  ...[true, false, undefined].map((allowVolumeExpansion) => {
    const storageClass = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "fast" },
      provisioner: "disks.example.com",
      ...(allowVolumeExpansion !== undefined && { allowVolumeExpansion }),
    };
    const of = (size: string, storageClassName = "fast") => {
      const { spec, ...claim } = make.claim(size);
      return { ...claim, spec: { ...spec, storageClassName } };
    };
    return {
      name: `a larger claim in a class with allowVolumeExpansion: ${allowVolumeExpansion}`,
      before: [storageClass, of("1Gi")],
      after: [storageClass, of("2Gi")],
      expected: [`changed PersistentVolumeClaim/data: ${allowVolumeExpansion === true ? "none" : "rejected"}`],
    };
  }),
  one(
    "a larger claim without a class",
    { ...make.claim("1Gi"), spec: { ...make.claim("1Gi").spec, storageClassName: "" } },
    { ...make.claim("2Gi"), spec: { ...make.claim("2Gi").spec, storageClassName: "" } },
    "changed PersistentVolumeClaim/data: rejected",
  ),
  one("a smaller claim", make.claim("2Gi"), make.claim("1Gi"), "changed PersistentVolumeClaim/data: rejected"),
  one("the same claim in another notation", make.claim("1Gi"), make.claim("1024Mi")),
  one(
    "a volume that is now deleted on release",
    make.volume("Retain"),
    make.volume("Delete"),
    "changed PersistentVolume/disk: data-loss",
  ),
  one("a pod without its claim", make.mounts("data"), make.mounts(undefined), web("data-loss, rolling-restart")),
  one(
    "claims that are deleted on scale-down",
    make.statefulSet({ replicas: 3, persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } }),
    make.statefulSet({ replicas: 2, persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } }),
    "changed StatefulSet/web: data-loss, scale",
  ),
  one(
    "other claim templates of a StatefulSet",
    make.statefulSet(),
    make.statefulSet({ volumeClaimTemplates: [{ metadata: { name: "data" }, spec: make.claim().spec }] }),
    "changed StatefulSet/web: rejected",
  ),
  {
    name: "a removed namespace",
    before: [config({ a: "1" }), { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }],
    after: [config({ a: "1" })],
    expected: ["removed Namespace/shop: data-loss"],
  },

  // Traffic
  {
    name: "a selector that selects nothing",
    before: [workload(), service()],
    after: [workload(), service({ selector: { app: "site" } })],
    expected: [toService("traffic-loss")],
  },
  {
    name: "a selector that selects other pods",
    before: [workload(), workload({}, {}, {}, "Deployment", "green"), service()],
    after: [workload(), workload({}, {}, {}, "Deployment", "green"), service({ selector: { app: "green" } })],
    expected: [toService("none")],
  },
  ...(
    [
      ["a policy that admits no traffic", {}, "traffic-loss"],
      ["a policy that admits some traffic", { ingress: [{ from: [{ podSelector: {} }] }] }, "none"],
      ["an egress policy", { policyTypes: ["Egress"] }, "none"],
    ] as const
  ).map(([name, spec, effect]) => ({
    name,
    before: [workload(), service()],
    after: [workload(), service(), make.networkPolicy(spec)],
    expected: [`added NetworkPolicy/all: ${effect}`],
  })),
  {
    name: "a policy that no longer admits traffic",
    before: [workload(), service(), make.networkPolicy({ ingress: [{}] })],
    after: [workload(), service(), make.networkPolicy({})],
    expected: ["changed NetworkPolicy/all: traffic-loss"],
  },
  {
    name: "pods that lose the label that their Service selects",
    before: [
      workload({ template: { ...workload().spec.template, metadata: { labels: { app: "web", tier: "a" } } } }),
      service({ selector: { tier: "a" } }),
    ],
    after: [workload(), service({ selector: { tier: "a" } })],
    expected: [web("traffic-loss, rolling-restart")],
  },
  {
    name: "a removed workload behind a Service",
    before: [workload(), service()],
    after: [service()],
    expected: ["removed Deployment/web: traffic-loss, scale"],
  },
  one(
    "a removed port",
    service({
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81 },
      ],
    }),
    service({ ports: [{ name: "a", port: 80 }] }),
    toService("traffic-loss"),
  ),
  one(
    "another port",
    service({ ports: [{ name: "a", port: 80 }] }),
    service({ ports: [{ name: "a", port: 81 }] }),
    toService("traffic-loss"),
  ),
  one(
    "an added port",
    service({ ports: [{ name: "a", port: 80 }] }),
    service({
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81 },
      ],
    }),
    toService("none"),
  ),
  one(
    "ports in another order",
    service({
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 81 },
      ],
    }),
    service({
      ports: [
        { name: "b", port: 81 },
        { name: "a", port: 80 },
      ],
    }),
  ),
  {
    name: "a target port that no container has",
    before: [workload(), service()],
    after: [workload(), service({ ports: [{ name: "http", port: 80, targetPort: 9090 }] })],
    expected: [toService("traffic-loss")],
  },
  one("a removed node port", service({ type: "NodePort" }), service({ type: "ClusterIP" }), toService("traffic-loss")),
  one("an added node port", service({ type: "ClusterIP" }), service({ type: "NodePort" }), toService("none")),
  one(
    "another address",
    service({ clusterIP: "10.0.0.10" }),
    service({ clusterIP: "10.0.0.11" }),
    toService("rejected"),
  ),
  one("a headless Service that asks for an address", service({ clusterIP: "None" }), service(), toService("none")),
  one(
    "a headless Service that becomes a load balancer",
    service({ clusterIP: "None" }),
    service({ type: "LoadBalancer" }),
    toService("rejected"),
  ),
  one(
    "a headless Service that asks for an address and that Argo CD replaces",
    annotated(service({ clusterIP: "None" }), { "argocd.argoproj.io/sync-options": "Replace=true,Force=true" }),
    annotated(service(), { "argocd.argoproj.io/sync-options": "Replace=true,Force=true" }),
    toService("recreate"),
  ),
  one(
    "a node port that is no longer fixed, of a Service that Argo CD replaces",
    annotated(service({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }), {
      "argocd.argoproj.io/sync-options": "Replace=true,Force=true",
    }),
    annotated(service({ type: "NodePort", ports: [{ port: 80 }] }), {
      "argocd.argoproj.io/sync-options": "Replace=true,Force=true",
    }),
    toService("traffic-loss, recreate"),
  ),
  one("a renamed Service", service(), service({}, "site"), "changed Service/site: traffic-loss, recreate"),
  one(
    "a removed host",
    make.ingress({ rules: [make.route("a.example.com"), make.route("b.example.com")] }),
    make.ingress({ rules: [make.route("a.example.com")] }),
    "changed Ingress/web: traffic-loss",
  ),
  one(
    "an added host",
    make.ingress({ rules: [make.route("a.example.com")] }),
    make.ingress({ rules: [make.route("a.example.com"), make.route("b.example.com")] }),
    "changed Ingress/web: none",
  ),
  {
    name: "a removed Ingress",
    before: [workload(), make.ingress({ rules: [make.route("a.example.com")] })],
    after: [workload()],
    expected: ["removed Ingress/web: traffic-loss"],
  },

  // Configuration
  {
    name: "variables that running pods do not see",
    before: [config({ a: "1" }), make.reads("variables")],
    after: [config({ a: "2" }), make.reads("variables")],
    expected: ["changed ConfigMap/settings: config"],
  },
  {
    name: "files that pods see later",
    before: [config({ a: "1" }), make.reads("files")],
    after: [config({ a: "2" }), make.reads("files")],
    expected: ["changed ConfigMap/settings: config"],
  },
  {
    name: "variables that pods see after a restart",
    before: [config({ a: "1" }), make.reads("variables")],
    after: [config({ a: "2" }), workload({}, {}, { image: "i:2", envFrom: [{ configMapRef: { name: "settings" } }] })],
    expected: ["changed ConfigMap/settings: none", web("rolling-restart")],
  },
  one(
    "an immutable ConfigMap",
    config({ a: "1" }, { immutable: true }),
    config({ a: "2" }, { immutable: true }),
    "changed ConfigMap/settings: rejected, config",
  ),
  one("a Secret", make.secret({ a: "one" }), make.secret({ a: "two" }), "changed Secret/keys: config"),
  one("a Secret with the same value in base64", make.secret({ a: "one" }), {
    ...make.secret({}),
    stringData: undefined,
    data: { a: "b25l" },
  }),
  one("a Secret that SOPS has encrypted", make.sealed("one"), make.sealed("two"), "changed Secret/keys: config"),
  {
    name: "an added Secret that SOPS has encrypted",
    before: [config({ a: "1" })],
    after: [config({ a: "1" }), make.sealed("one")],
    expected: ["added Secret/keys: none"],
  },
  {
    name: "a renamed ConfigMap",
    before: [config({ a: "1" }, {}, "old"), workload()],
    after: [config({ a: "1" }, {}, "new"), workload()],
    expected: ["changed ConfigMap/new: recreate"],
  },

  // More workloads, ports and configuration
  one(
    "a StatefulSet's image",
    make.statefulSet(),
    make.statefulSet({ template: workload({}, {}, { image: "i:2" }).spec.template }),
    "changed StatefulSet/web: rolling-restart",
  ),
  one(
    "a StatefulSet with OnDelete",
    make.statefulSet({ updateStrategy: { type: "OnDelete" } }),
    make.statefulSet({
      updateStrategy: { type: "OnDelete" },
      template: workload({}, {}, { image: "i:2" }).spec.template,
    }),
    "changed StatefulSet/web: rolling-restart",
  ),
  one(
    "an init container",
    workload(),
    workload({}, { initContainers: [{ name: "wait", image: "i:1" }] }),
    web("rolling-restart"),
  ),
  one(
    "containers in another order",
    workload(
      {},
      {
        containers: [
          { name: "a", image: "i:1" },
          { name: "b", image: "i:1" },
        ],
      },
    ),
    workload(
      {},
      {
        containers: [
          { name: "b", image: "i:1" },
          { name: "a", image: "i:1" },
        ],
      },
    ),
    web("rolling-restart"),
  ),
  one(
    "labels in another order",
    { ...config({ a: "1" }), metadata: { name: "c", namespace: "shop", labels: { a: "1", b: "2" } } },
    { ...config({ a: "1" }), metadata: { name: "c", namespace: "shop", labels: { b: "2", a: "1" } } },
  ),
  one("an annotation without effect", workload(), annotated(workload(), { "example.com/team": "shop" }), web("none")),
  one(
    "a target port number in quotes",
    service({ ports: [{ name: "http", port: 80, targetPort: 8080 }] }),
    service({ ports: [{ name: "http", port: 80, targetPort: "8080" }] }),
    toService("rejected"),
  ),
  one(
    "a load balancer with source ranges",
    service({ type: "LoadBalancer" }),
    service({ type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"] }),
    toService("traffic-loss"),
  ),
  one(
    "a host that loses TLS",
    make.ingress({ rules: [make.route("a.example.com")], tls: [{ hosts: ["a.example.com"], secretName: "t" }] }),
    make.ingress({ rules: [make.route("a.example.com")] }),
    "changed Ingress/web: traffic-loss",
  ),
  one(
    "another class of an Ingress",
    make.ingress({ ingressClassName: "a", rules: [make.route("a.example.com")] }),
    make.ingress({ ingressClassName: "b", rules: [make.route("a.example.com")] }),
    "changed Ingress/web: traffic-loss",
  ),
  {
    name: "a removed definition",
    before: [config({ a: "1" }), definitionOf("Jar", "jars", { type: "object" })],
    after: [config({ a: "1" })],
    expected: ["removed CustomResourceDefinition/jars.example.com: data-loss"],
  },
  {
    name: "an added ConfigMap",
    before: [config({ a: "1" })],
    after: [config({ a: "1" }), config({ a: "1" }, {}, "more")],
    expected: ["added ConfigMap/more: none"],
  },
  one(
    "binary data",
    config({}, { binaryData: { logo: "AAE=" } }),
    config({}, { binaryData: { logo: "AAI=" } }),
    "changed ConfigMap/settings: config",
  ),
  one("a removed key", config({ a: "1", b: "2" }), config({ a: "1" }), "changed ConfigMap/settings: config"),
  one(
    "another type of Secret",
    make.secret({ a: "one" }),
    { ...make.secret({ a: "one" }), type: "example.com/other" },
    "changed Secret/keys: rejected",
  ),
  {
    name: "another role in a binding",
    before: [make.binding("reader")],
    after: [make.binding("writer")],
    expected: ["changed RoleBinding/web: rejected"],
  },
  one("a disruption budget", make.budget(1), make.budget(2), "changed PodDisruptionBudget/web: none"),

  // Syncs
  one("another path of a sync that prunes", make.sync({ path: "./a" }), make.sync({ path: "./b" }), sync("data-loss")),
  one(
    "another path of a sync that does not prune",
    make.sync({ path: "./a", prune: false }),
    make.sync({ path: "./b", prune: false }),
    sync("none"),
  ),
  one("a sync that is suspended", make.sync({}), make.sync({ suspend: true }), sync("none")),
  one("a sync that is resumed", make.sync({ suspend: true }), make.sync({}), sync("none")),
  {
    name: "a removed sync",
    before: [make.sync({}), config({ a: "1" })],
    after: [config({ a: "1" })],
    expected: ["removed Kustomization/web: data-loss"],
  },
  {
    name: "a removed sync that leaves its objects",
    before: [make.sync({ deletionPolicy: "Orphan" }), config({ a: "1" })],
    after: [config({ a: "1" })],
    expected: ["removed Kustomization/web: none"],
  },
  {
    name: "a removed Application that cascades",
    before: [make.application(["resources-finalizer.argocd.argoproj.io"]), config({ a: "1" })],
    after: [config({ a: "1" })],
    expected: ["removed Application/web: data-loss"],
  },
  {
    name: "a removed Application that does not cascade",
    before: [make.application([]), config({ a: "1" })],
    after: [config({ a: "1" })],
    expected: ["removed Application/web: none"],
  },

  // API versions
  one(
    "another API version",
    {
      apiVersion: "policy/v1beta1",
      kind: "PodDisruptionBudget",
      metadata: { name: "web", namespace: "shop" },
      spec: { minAvailable: 1, selector: {} },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "web", namespace: "shop" },
      spec: { minAvailable: 1, selector: {} },
    },
    "changed PodDisruptionBudget/web: none",
  ),
  one("another API group", { ...workload(), apiVersion: "extensions/v1beta1" }, workload(), web("none")),
];

const filesOf = (side: "before" | "after") =>
  Object.fromEntries(
    cases.flatMap((each, index) => [
      [`cases/${index}/kustomization.yaml`, "resources: [all.yaml]\n"],
      [`cases/${index}/all.yaml`, each[side].map((object) => JSON.stringify(object)).join("\n---\n")],
    ]),
  );

/** The report of all cases, as the changes of one commit. */
async function compared(): Promise<DiffReport> {
  const cwd = newRepository();
  commit(cwd, { "gitops.yaml": "targets: [cases]\n", ...filesOf("before") });
  commit(cwd, filesOf("after"));
  return (await diffReport(["HEAD~1", "HEAD"], { cwd })).report;
}

const report = await compared();

describe("the effects of a change", () => {
  test.each(cases.map((each, index) => [each.name, each.expected, `cases/${index}`] as const))(
    "%s",
    (_, expected, path) => {
      const own = report.changes.filter(({ target }) => target === path);
      expect(own.map(summaryLine).sort(), JSON.stringify(own, null, 1)).toEqual([...expected].sort());
      const { status } = report.targets.find((target) => target.path === path) ?? {};
      expect(status).toBe(expected.length > 0 ? "changed" : "unchanged");
    },
  );
});

const fence = "```";

/** The comment on one case. */
function commentOn(path: string): string {
  const own = <T extends { readonly target: string }>(list: readonly T[]) =>
    list.filter(({ target }) => target === path);
  const [targets, changes] = [report.targets.filter((target) => target.path === path), own(report.changes)];
  const { rollouts = [], services = [], configs = [] } = report.forecast ?? {};
  const forecast = { rollouts: own(rollouts), services: own(services), configs: own(configs) };
  const summary = summaryOf(targets, changes, performance.now());
  return markdown(
    { ...report, base: "main", head: "change", targets, changes, forecast, summary },
    { colours: false, objects: [] },
  );
}

test("comments on each change match changes.md (UPDATE=1 writes it)", () => {
  const sections = cases.map(
    ({ name }, index) =>
      `## ${name}\n\n${fence}markdown\n${commentOn(`cases/${index}`).trimEnd().replaceAll(`cases/${index}`, "overlay")}\n${fence}\n`,
  );
  const text = `# The comment on each change\n\nWritten by \`UPDATE=1 npx vitest run test/diff/changes.test.ts\`.\n\n${sections.join("\n")}`;
  const file = join(import.meta.dirname, "changes.md");
  if (process.env.UPDATE === "1") writeFileSync(file, text);
  else expect(text).toBe(readFileSync(file, "utf8"));
});

test("every changed field has its line", () => {
  const fields = report.changes.flatMap((change) => change.fields);
  expect(fields.length).toBeGreaterThan(40);
  expect(fields.filter(({ file, line }) => file === undefined || line === undefined)).toEqual([]);
});

test("values of Secrets are hidden everywhere", () => {
  const values = JSON.stringify(report.changes.filter(({ kind }) => kind === "Secret"));
  expect(values).toContain("(hidden, 3 bytes)");
  expect(values).not.toMatch(/"one"|"two"|b25l/);
});
