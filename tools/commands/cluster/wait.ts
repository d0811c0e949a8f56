import { setTimeout as sleep } from "node:timers/promises";
import { type Health, isHealthy, type Tier } from "../../cluster/tiers.ts";
import { type Logs, progressOf, troublesOf } from "../../cluster/words.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { type Style, visible } from "../../report/style.ts";
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
  /** Why no more was waited; undefined when all is well. */
  readonly gaveUp: string | undefined;
}

/** How long it may take, in seconds, and whether there is something new to wait for. */
export interface Patience {
  readonly seconds: number;
  readonly isNew: boolean;
}

/** Milliseconds. */
const interval = 1000;
const settled = 2000;
const settledAfterCrash = 15_000;

/**
 * Waits until all has rolled out and every Service has somebody who answers, and shows what each pod waits for. A container
 * without a readiness probe counts as ready as soon as it is started, so what is new has to stay up for a moment, and for a
 * longer one when something has crashed: a kubelet starts it again after ten seconds.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 *
 * @param isNew something was created or changed.
 */
export async function waitFor(
  resources: readonly Resource[],
  connection: Connection,
  { seconds, isNew }: Patience,
  io: Io,
  paint: Style,
): Promise<Waited> {
  const live = liveLines(io);
  const start = performance.now();
  const steady = steadiness(isNew);
  let logs: Logs = new Map();
  let crashed = "";
  for (;;) {
    const health = await patiently(() => readHealth(resources, connection), start + seconds * 1000);
    const crashes = crashesOf(health);
    if (crashes !== crashed) logs = await crashLogs(connection.kubectl, health);
    crashed = crashes;
    const passed = Math.round((performance.now() - start) / 1000);
    const isUp = steady(health, performance.now());
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

/** Tells whether all is up for good, when it is told how it fares at each moment. */
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

/** A cluster that does not answer for a moment is asked again; one that may not be asked will not answer later either. */
async function patiently<T>(ask: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UserError) || error.message.includes("(Forbidden)") || performance.now() > until)
        throw error;
      await sleep(interval);
    }
  }
}

/** What the controller of a workload has given up will not come by itself. */
function failure({ tiers }: Health): string | undefined {
  const failed = tiers.find(({ rollout }) => rollout !== undefined && !rollout.done && rollout.failed !== undefined);
  return failed && `${failed.resource.kind} ${failed.resource.name} has failed: ${failed.rollout?.failed}`;
}

/** Changes when a pod has crashed once more. */
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

/** A kubelet that tries again words the same trouble a little differently each time: ports, counts and delays change. */
function withoutDetail(text: string): string {
  return text.replace(/: .*/s, "");
}

/** Where lines are not written over, time passes unseen. */
function clock(passed: number, seconds: number, io: Io, paint: Style): LiveLine[] {
  if (!rewrites(io)) return [];
  return [{ key: "", text: paint.dim(`${passed} s of ${seconds} s; Ctrl-C stops the waiting, and nothing else`) }];
}
