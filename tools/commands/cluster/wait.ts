import { setTimeout as sleep } from "node:timers/promises";
import { type Health, isHealthy, type Tier } from "../../cluster/tiers.ts";
import { type Logs, progressOf, troublesOf } from "../../cluster/words.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { type Style, visible } from "../../report/style.ts";
import { now } from "../../system/clock.ts";
import type { Io } from "../command.ts";
import { rewrites } from "../progress.ts";
import type { Connection } from "./connect.ts";
import { crashLogs } from "./crashes.ts";
import { type LiveLine, liveLines } from "./live.ts";
import { readHealth } from "./overlay.ts";

/** How a wait ended. */
export interface Waited {
  readonly health: Health;
  readonly logs: Logs;
  /** Why waiting ended without success; undefined if everything is up. */
  readonly gaveUp: string | undefined;
}

/** How long to wait, in seconds, and whether anything was created or changed. */
interface Patience {
  readonly seconds: number;
  readonly isNew: boolean;
}

/** Milliseconds. */
const interval = 1000;
const settled = 2000;
const settledAfterCrash = 15_000;

/**
 * Waits until everything is rolled out and every Service has endpoints, and shows what each pod waits for. A container without a
 * readiness probe counts as ready as soon as it starts, so new workloads have to stay up for a moment, or longer after a crash:
 * the kubelet restarts a container after ten seconds.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 *
 * @param isNew whether anything was created or changed
 */
export async function waitFor(
  resources: readonly Resource[],
  connection: Connection,
  { seconds, isNew }: Patience,
  io: Io,
  paint: Style,
): Promise<Waited> {
  const live = liveLines(io);
  const start = now();
  const steady = steadiness(isNew);
  let logs: Logs = new Map();
  let crashed = "";
  for (;;) {
    const health = await patiently(() => readHealth(resources, connection), start + seconds * 1000);
    const crashes = crashesOf(health);
    if (crashes !== crashed) logs = await crashLogs(connection.kubectl, health);
    crashed = crashes;
    const passed = Math.round((now() - start) / 1000);
    const isUp = steady(health, now());
    const gaveUp = failure(health) ?? (passed >= seconds ? `not up after ${seconds} s` : undefined);
    if (isUp || gaveUp !== undefined) {
      live.end();
      return { health, logs, gaveUp: isUp ? undefined : gaveUp };
    }
    live.show(
      [...health.tiers.flatMap((tier) => linesOf(tier, logs, paint)), clock(passed, seconds, io, paint)].flat(),
    );
    await sleep(interval);
  }
}

/** Returns a function that is called with each new state and returns whether everything has been up long enough. */
export function steadiness(isNew: boolean): (health: Health, now: number) => boolean {
  let restarts: number | undefined;
  let crashed = Number.NEGATIVE_INFINITY;
  let healthySince: number | undefined;
  return (health, now) => {
    const sum = health.tiers.flatMap(({ pods }) => pods).reduce((all, pod) => all + pod.restarts, 0);
    if (restarts !== undefined && sum > restarts) crashed = now;
    restarts = sum;
    healthySince = isHealthy(health) ? (healthySince ?? now) : undefined;
    if (healthySince === undefined) return false;
    return now - healthySince >= (isNew ? settled : 0) && now - crashed >= settledAfterCrash;
  };
}

/** Retries while the cluster does not answer, but not if access is forbidden. */
async function patiently<T>(ask: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UserError) || error.message.includes("(Forbidden)") || now() > until) throw error;
      await sleep(interval);
    }
  }
}

/** A workload whose controller has given up: waiting longer does not help. */
function failure({ tiers }: Health): string | undefined {
  const failed = tiers.find(({ rollout }) => rollout !== undefined && !rollout.done && rollout.failed !== undefined);
  return failed && `${failed.resource.kind} ${failed.resource.name} failed: ${failed.rollout?.failed}`;
}

/** A text that changes with each new crash of a pod. */
function crashesOf({ tiers }: Health): string {
  const pods = tiers.flatMap((tier) => tier.pods).filter(({ waiting }) => waiting?.cause === "crash");
  return pods.map(({ pod, restarts }) => `${pod.name} ${restarts}`).join();
}

function linesOf(tier: Tier, logs: Logs, paint: Style): LiveLine[] {
  const name = `${tier.resource.kind} ${tier.resource.name}`;
  const progress = progressOf(tier);
  const mark = tier.rollout?.done ? paint.green("✓") : "…";
  const head = { key: `${name} ${progress}`, text: `${mark} ${visible(name)}  ${progress}` };
  return [head, ...troublesOf(tier, logs).map((text) => ({ key: withoutDetail(text), text: `    ${text}` }))];
}

/** The kubelet words the same problem differently on each retry: ports, counts and delays change. */
function withoutDetail(text: string): string {
  return text.replace(/: .*/s, "");
}

/** Shows the elapsed time, if lines can be overwritten. */
function clock(passed: number, seconds: number, io: Io, paint: Style): LiveLine[] {
  if (!rewrites(io)) return [];
  return [{ key: "", text: paint.dim(`${passed} s of ${seconds} s; Ctrl-C only stops waiting`) }];
}
