import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { container, find, render, root } from "./guestbook.ts";

const tiers = ["redis-master", "redis-slave", "frontend"];
const objects = await render("overlays/production");
const pod = (tier: string) => find(objects, "Deployment", tier).spec.template.spec;

describe.each(tiers)("production's %s", (tier) => {
  test("meets the restricted Pod Security Standard", () => {
    expect(pod(tier).securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(pod(tier).securityContext.runAsUser).toBeGreaterThan(0);
    expect(container(objects, tier).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    });
    const sources = (pod(tier).volumes ?? []).flatMap((volume: object) => Object.keys(volume));
    expect(["configMap", "emptyDir", "name", "persistentVolumeClaim"]).toEqual(expect.arrayContaining(sources));
  });

  test("has its own ServiceAccount and no API server token", () => {
    expect(pod(tier).automountServiceAccountToken).toBe(false);
    expect(pod(tier).serviceAccountName).toBe(tier);
    expect(find(objects, "ServiceAccount", tier).automountServiceAccountToken).toBe(false);
  });

  test("has exactly one volume with one source for every mount", () => {
    for (const { name } of container(objects, tier).volumeMounts) {
      const volumes = pod(tier).volumes.filter((volume: { name: string }) => volume.name === name);
      expect(volumes).toHaveLength(1);
      expect(Object.keys(volumes[0])).toHaveLength(2);
    }
  });

  test("limits memory and disk", () => {
    expect(container(objects, tier).resources).toEqual({
      requests: { cpu: "100m", memory: "100Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "256Mi", "ephemeral-storage": expect.any(String) },
    });
  });

  test("has probes, and is not restarted for what only makes it unready", () => {
    const { readinessProbe, livenessProbe } = container(objects, tier);
    expect(readinessProbe.httpGet ?? readinessProbe.exec).toBeDefined();
    expect(livenessProbe.tcpSocket ?? livenessProbe.httpGet).toBeDefined();
    expect(livenessProbe.httpGet?.path).not.toBe(readinessProbe.httpGet?.path ?? "none");
  });

  test("lets a drain evict one pod at a time", () => {
    const { spec } = find(objects, "PodDisruptionBudget", tier);
    expect(spec.maxUnavailable).toBe(1);
    expect(spec.minAvailable).toBeUndefined();
    expect(spec.selector).toEqual(find(objects, "Deployment", tier).spec.selector);
  });
});

test("the master's data is on a claim that no controller prunes", () => {
  const deployment = find(objects, "Deployment", "redis-master");
  expect(deployment.spec.strategy).toEqual({ type: "Recreate" });
  expect(container(objects, "redis-master").args).toEqual(["--appendonly", "yes"]);
  expect(container(objects, "redis-master").volumeMounts).toEqual([{ name: "data", mountPath: "/data" }]);
  expect(pod("redis-master").volumes).toEqual([
    { name: "data", persistentVolumeClaim: { claimName: "redis-master-data" } },
  ]);
  for (const [kind, name] of [
    ["PersistentVolumeClaim", "redis-master-data"],
    ["Namespace", "guestbook-production"],
  ] as const) {
    expect(find(objects, kind, name).metadata.annotations).toEqual({
      "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
      "kustomize.toolkit.fluxcd.io/prune": "disabled",
    });
  }
});

test("Redis runs as the user of the Alpine image", () => {
  for (const tier of ["redis-master", "redis-slave"]) {
    expect(container(objects, tier).image).toContain("-alpine");
    expect(pod(tier).securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 1000, fsGroup: 1000 });
  }
});

test("the frontend is this repository's own, on an unprivileged port behind port 80", () => {
  expect(container(objects, "frontend").image).toMatch(
    /^ghcr\.io\/[\w-]+\/frontend(?::\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/,
  );
  expect(container(objects, "frontend").ports).toEqual([{ name: "http", containerPort: 8080 }]);
  expect(find(objects, "Service", "frontend").spec.ports).toEqual([{ port: 80, targetPort: "http" }]);
});

test.each(["redis-slave", "frontend"])("%s keeps answering until it gets no more requests", (tier) => {
  const { seconds } = container(objects, tier).lifecycle.preStop.sleep;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(pod(tier).terminationGracePeriodSeconds ?? 30);
});

test("the frontend's probes request paths that its image has", () => {
  const { readinessProbe, livenessProbe } = container(objects, "frontend");
  for (const { httpGet } of [readinessProbe, livenessProbe]) {
    expect(httpGet.port).toBe("http");
    expect(existsSync(join(root, "images/frontend/public", `${httpGet.path}.php`))).toBe(true);
  }
});

test("replicas prefer different nodes and zones, but do not require them", () => {
  for (const tier of ["redis-slave", "frontend"]) {
    const constraints = pod(tier).topologySpreadConstraints;
    expect(constraints.map((one: { topologyKey: string }) => one.topologyKey)).toEqual([
      "kubernetes.io/hostname",
      "topology.kubernetes.io/zone",
    ]);
    for (const { whenUnsatisfiable, labelSelector } of constraints) {
      expect(whenUnsatisfiable).toBe("ScheduleAnyway");
      const labels = find(objects, "Deployment", tier).spec.template.metadata.labels;
      expect(labels).toMatchObject(labelSelector.matchLabels);
    }
  }
});

describe("network policies", () => {
  interface Peer {
    podSelector?: { matchLabels?: Record<string, string> };
    namespaceSelector?: object;
    ipBlock?: object;
  }
  interface Rule {
    from?: Peer[];
    to?: Peer[];
    ports: { port: number | string; protocol?: string }[];
  }

  const policies = objects.filter((object) => object.kind === "NetworkPolicy");
  const labels = (tier: string) => find(objects, "Deployment", tier).spec.template.metadata.labels;
  const selects = (selector: Peer["podSelector"], tier: string) =>
    Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels(tier)[key] === value);
  const rules = (tier: string, direction: "ingress" | "egress"): Rule[] =>
    policies.filter(({ spec }) => selects(spec.podSelector, tier)).flatMap(({ spec }) => spec[direction] ?? []);

  /** Whether the policies allow a connection between two tiers. */
  const open = (from: string, to: string, port: number) => {
    const matches = (rule: Rule, peers: Peer[] | undefined, other: string) =>
      rule.ports.some((one) => one.port === port) &&
      (peers ?? []).some((peer) => !peer.namespaceSelector && !peer.ipBlock && selects(peer.podSelector, other));
    return (
      rules(from, "egress").some((rule) => matches(rule, rule.to, to)) &&
      rules(to, "ingress").some((rule) => matches(rule, rule.from, from))
    );
  };

  test("deny everything in both directions, for every pod", () => {
    expect(find(objects, "NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("allow access to Redis only between the tiers that need it", () => {
    const edges = tiers.flatMap((from) => tiers.filter((to) => open(from, to, 6379)).map((to) => `${from} → ${to}`));
    expect(edges).toEqual(["redis-slave → redis-master", "frontend → redis-master", "frontend → redis-slave"]);
  });

  test("allow DNS only for the tiers that resolve names", () => {
    const dns = (tier: string) =>
      rules(tier, "egress").flatMap((rule) =>
        rule.ports.filter(({ port }) => port === 53).map((port) => port.protocol),
      );
    expect(dns("redis-slave")).toEqual(["UDP", "TCP"]);
    expect(dns("frontend")).toEqual(["UDP", "TCP"]);
    expect(dns("redis-master")).toEqual([]);
  });

  test("allow any source to reach the frontend, on its port only", () => {
    expect(rules("frontend", "ingress")).toEqual([{ ports: [{ port: "http" }] }]);
  });
});
