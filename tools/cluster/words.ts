import { amount } from "../core/amount.ts";
import { objectAt, stringAt } from "../core/json.ts";
import { type Style, visible } from "../report/style.ts";
import { ingressesOf, portsOf, typeOf } from "./address.ts";
import { type Front, type Health, isAnswered, isHealthy, type Tier, type TierPod } from "./tiers.ts";
import type { Cause, Waiting } from "./waiting.ts";

/** What a pod waits for, and how to help it. */
const causes: Readonly<Record<Cause, { readonly what: (container: string) => string; readonly help: string }>> = {
  schedule: {
    what: () => "a node",
    help: "Lower the requests or add capacity to the cluster; see kubectl describe nodes.",
  },
  take: { what: () => "its node", help: "" },
  volume: { what: () => "its volumes", help: "Check that the claims, ConfigMaps and Secrets that it mounts exist." },
  network: { what: () => "its network", help: "Check the network plugin of the cluster." },
  pull: { what: (container) => `its node to pull the image of ${container}`, help: "" },
  image: {
    what: (container) => `the image of ${container}`,
    help: "Check its name and that the nodes can pull it; for a local cluster, load it with kind load, k3d image import or minikube image load.",
  },
  config: {
    what: (container) => `the configuration of ${container}`,
    help: "Check that the ConfigMap or Secret exists and contains the key.",
  },
  start: {
    what: (container) => `${container} to start`,
    help: "Check its command, arguments and mounts.",
  },
  init: { what: (container) => `its init container ${container}`, help: "" },
  crash: { what: (container) => `${container}, which crashed`, help: "" },
  failed: { what: () => "a replacement", help: "" },
  probe: {
    what: (container) => `the probe of ${container}`,
    help: "Check the port and path of the probe, and the log.",
  },
  gate: { what: () => "its readiness gates", help: "" },
  end: { what: () => "its termination", help: "" },
};

/** `frontend-abc waits for the image of php: ErrImagePull`, on one line. */
export function waitsFor({ pod }: TierPod, waiting: Waiting): string {
  return visible(`${pod.name} waits for ${causes[waiting.cause].what(waiting.container ?? "")}: ${waiting.message}`);
}

/** `0/3 ready`, `3/3 ready, 1 updated`, `not applied`. */
export function progressOf({ rollout, pods }: Tier): string {
  if (rollout === undefined) return "not applied";
  const { ready, wanted, updated, done } = rollout;
  const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
  return [
    `${ready}/${wanted} ready`,
    !done && ready >= wanted && updated < wanted && `${updated} updated`,
    restarts > 0 && amount(restarts, "restart"),
  ]
    .filter(Boolean)
    .join(", ");
}

/** The last log lines of crashed pods, by pod name. */
export type Logs = ReadonlyMap<string, readonly string[]>;

/**
 * What is wrong with a tier, one item per line: why pods are not created and what existing pods wait for, with the last log
 * lines of crashed pods. Identical log lines of several pods appear once.
 */
export function troublesOf({ rollout, refused, pods }: Tier, logs: Logs): string[] {
  const seen = new Set<string>();
  const lastWords = ({ pod }: TierPod) => {
    const lines = (logs.get(pod.name) ?? []).map((line) => `| ${visible(line)}`);
    return seen.size < seen.add([...lines].sort().join()).size ? lines : [];
  };
  const behind = rollout?.done ? pods.filter(({ waiting }) => waiting?.cause !== "end") : pods;
  const waits = behind.flatMap((pod) => (pod.waiting ? [waitsFor(pod, pod.waiting), ...lastWords(pod)] : []));
  const failed = rollout?.done ? undefined : rollout?.failed;
  return [...[refused ?? []].flat().map(visible), ...waits, ...[failed ?? []].flat().map(visible)];
}

/** Advice for a tier that is not ready. */
export function helpFor({ pods }: Tier): string[] {
  const helps = pods.map(({ waiting }) => (waiting ? causes[waiting.cause].help : ""));
  return [...new Set(helps)].filter((help) => help !== "");
}

/** The state of a target as text for a terminal. */
export function statusText(health: Health, logs: Logs, paint: Style): string {
  const tiers = health.tiers.map((tier) => tierText(tier, logs, nameWidth(health.tiers), paint));
  const fronts = health.fronts.map((front) => frontText(front, nameWidth(health.fronts), paint));
  return `${[tiers.join("\n"), fronts.join("\n"), verdict(health, paint)].filter(Boolean).join("\n\n")}\n`;
}

function nameWidth(list: readonly (Tier | Front)[]): number {
  return Math.max(...list.map(({ resource }) => nameOf({ resource }).length));
}

function nameOf({ resource }: Pick<Tier, "resource">): string {
  return visible(`${resource.kind} ${resource.name}`);
}

function tierText(tier: Tier, logs: Logs, width: number, paint: Style): string {
  const mark = tier.rollout?.done ? paint.green("✓") : paint.red("✗");
  const head = `${mark} ${nameOf(tier).padEnd(width)}  ${progressOf(tier)}`;
  const help = tier.rollout?.done ? [] : helpFor(tier).map((text) => `→ ${text}`);
  return [head, ...[...troublesOf(tier, logs), ...help].map((line) => `    ${line}`)].join("\n");
}

function frontText(front: Front, width: number, paint: Style): string {
  const mark = isAnswered(front) ? paint.green("✓") : paint.red("✗");
  return `${mark} ${nameOf(front).padEnd(width)}  ${frontWords(front).map(visible).join(", ")}`;
}

function frontWords({ live, endpoints }: Front): string[] {
  if (live === undefined) return ["not applied"];
  const { object } = live;
  const type = typeOf(object);
  const ports = portsOf(object).map((port) =>
    port.nodePort ? `${port.port} (node port ${port.nodePort})` : `${port.port}`,
  );
  const address = type === "LoadBalancer" ? ingressesOf(live).join(" ") || "no address yet" : clusterIp(live);
  return [
    `${type} ${address}`.trim(),
    `port ${ports.join(" ")}`,
    ...(endpoints === undefined ? [] : [amount(endpoints, "endpoint")]),
  ];
}

function clusterIp({ object }: NonNullable<Front["live"]>): string {
  return stringAt(objectAt(object, "spec"), "clusterIP") ?? "";
}

function verdict(health: Health, paint: Style): string {
  const { tiers, fronts } = health;
  const up = tiers.filter(({ rollout }) => rollout?.done).length;
  const answered = fronts.filter(isAnswered).length;
  const counts = [
    tiers.length > 0 && `${up} of ${amount(tiers.length, "workload")} up`,
    fronts.length > 0 && `${answered} of ${amount(fronts.length, "Service")} ready`,
  ].filter(Boolean);
  const words = counts.join(", ") || "nothing to run";
  return isHealthy(health) ? `${paint.green("✓")} healthy: ${words}` : `${paint.red("✗")} not healthy: ${words}`;
}
