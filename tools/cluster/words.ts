import { objectAt, stringAt } from "../core/json.ts";
import { type Style, visible } from "../report/style.ts";
import { amount } from "../report/words.ts";
import { ingressesOf, portsOf, typeOf } from "./address.ts";
import { type Front, type Health, isAnswered, isHealthy, type Tier, type TierPod } from "./tiers.ts";
import type { Cause, Waiting } from "./waiting.ts";

/** What a pod waits for, and what a person can do about it. */
const causes: Readonly<Record<Cause, { readonly what: (container: string) => string; readonly help: string }>> = {
  schedule: { what: () => "a node", help: "Ask for less, or give the cluster more: kubectl describe nodes" },
  take: { what: () => "its node", help: "" },
  volume: { what: () => "its volumes", help: "See that the claims, ConfigMaps and Secrets that it mounts are there." },
  network: { what: () => "its network", help: "See to the network plugin of the cluster." },
  pull: { what: (container) => `the nodes to pull the image of ${container}`, help: "" },
  image: {
    what: (container) => `the image of ${container}`,
    help: "See that its name is right and that the nodes may pull it; a local cluster can be given it (kind load, k3d image import, minikube image load).",
  },
  config: {
    what: (container) => `the configuration of ${container}`,
    help: "See that the ConfigMap or Secret is there, and the key in it.",
  },
  start: {
    what: (container) => `the start of ${container}`,
    help: "See its command, its arguments and what it mounts.",
  },
  init: { what: (container) => `its init container ${container}`, help: "" },
  crash: { what: (container) => `${container}, which crashes`, help: "" },
  failed: { what: () => "another in its place", help: "" },
  probe: {
    what: (container) => `the probe of ${container}`,
    help: "See the port and the path of the probe, and the log.",
  },
  gate: { what: () => "its readiness gates", help: "" },
  end: { what: () => "its end", help: "" },
};

/** `frontend-abc waits for the image of php: ErrImagePull`, in one line. */
export function waitsFor({ pod }: TierPod, waiting: Waiting): string {
  return visible(`${pod.name} waits for ${causes[waiting.cause].what(waiting.container ?? "")}: ${waiting.message}`);
}

/** `0/3 ready`, `2/3 ready, 1 new`, `not applied`. */
export function progressOf({ rollout, pods }: Tier): string {
  if (rollout === undefined) return "not applied";
  const { ready, wanted, updated, done } = rollout;
  const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
  return [
    `${ready}/${wanted} ready`,
    !done && ready >= wanted && updated < wanted && `${updated} of them new`,
    restarts > 0 && amount(restarts, "restart"),
  ]
    .filter(Boolean)
    .join(", ");
}

/** The last lines of the log of a pod that crashes, by the name of the pod. */
export type Logs = ReadonlyMap<string, readonly string[]>;

/**
 * What is wrong with a tier, a line each: why pods are not made, and what those that are wait for, with the last words of
 * those that crash. What several pods said is written once.
 */
export function troublesOf({ rollout, refused, pods }: Tier, logs: Logs): string[] {
  const said = new Set<string>();
  const lastWords = ({ pod }: TierPod) => {
    const lines = (logs.get(pod.name) ?? []).map((line) => `| ${visible(line)}`);
    return said.size < said.add([...lines].sort().join()).size ? lines : [];
  };
  const behind = rollout?.done ? pods.filter(({ waiting }) => waiting?.cause !== "end") : pods;
  const waits = behind.flatMap((pod) => (pod.waiting ? [waitsFor(pod, pod.waiting), ...lastWords(pod)] : []));
  const failed = rollout?.done ? undefined : rollout?.failed;
  return [...[refused ?? []].flat().map(visible), ...waits, ...[failed ?? []].flat().map(visible)];
}

/** What a person can do about a tier. */
export function helpFor({ pods }: Tier): string[] {
  const helps = pods.map(({ waiting }) => (waiting ? causes[waiting.cause].help : ""));
  return [...new Set(helps)].filter((help) => help !== "");
}

/** How a target fares, for a person. */
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
    fronts.length > 0 && `${answered} of ${amount(fronts.length, "Service")} answered`,
  ].filter(Boolean);
  const words = counts.join(", ") || "there is nothing to run";
  return isHealthy(health) ? `${paint.green("✓")} healthy: ${words}` : `${paint.red("✗")} not healthy: ${words}`;
}
