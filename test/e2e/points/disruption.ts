import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, demand, eventually } from "../bed.ts";
import { inside, isReady, namespaceOf, podsOf, type Tier, tierLabels, untilReady } from "./pods.ts";
import { underLoad } from "./rolling.ts";
import { failuresOf } from "./writers.ts";

/**
 * Evicts every pod through the Eviction API, as a drain does, and retries while the budget rejects it. The node is not
 * cordoned: it may be the only one, and then no pod could start again.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
export async function evictionsKeepTheBudget(bed: Bed, overlay: string): Promise<string> {
  const count = { evicted: 0, rejected: 0 };
  let fewest = Number.POSITIVE_INFINITY;
  let over = false;
  const { reads, writes, missing } = await underLoad(bed, overlay, "e2e-drain", async () => {
    const watching = (async () => {
      for (; !over; await sleep(300)) fewest = Math.min(fewest, await readyFrontends(bed, overlay));
    })();
    try {
      for (const tier of ["frontend", "redis-slave", "redis-master"] as const) await drain(bed, overlay, tier, count);
    } finally {
      over = true;
      await watching;
    }
  });
  demand(fewest >= 2, `only ${fewest} frontends were ready`);
  demand(count.rejected > 0, "the budget never rejected an eviction");
  const failed = reads.filter(({ status }) => status !== 200);
  demand(failed.length === 0, `${failed.length} of ${reads.length} reads failed: ${failuresOf(failed)}`);
  const unclear = writes.filter(({ status }) => ![200, 503, 504].includes(status));
  demand(unclear.length === 0, `writes got ${failuresOf(unclear)}`);
  demand(missing.length === 0, `${missing.length} acknowledged entries are missing`);
  const rejectedWrites = writes.filter(({ status }) => status !== 200).length;
  return [
    `${count.evicted} pods evicted, ${count.rejected} evictions rejected, never fewer than ${fewest} frontends ready`,
    `${reads.length} reads, 0 failed`,
    `${rejectedWrites} of ${writes.length} writes rejected while the master moved, no acknowledged entry lost`,
  ].join("; ");
}

/** Evicts all pods of a tier at once, as a drain does. */
async function drain(
  bed: Bed,
  overlay: string,
  tier: Tier,
  count: { evicted: number; rejected: number },
): Promise<void> {
  const pods = await podsOf(bed, overlay, tier);
  await Promise.all(
    pods.map(({ metadata }) =>
      eventually(
        `${metadata.name} could not be evicted`,
        async () => {
          const evicted = await evict(bed, overlay, metadata.name);
          count[evicted ? "evicted" : "rejected"]++;
          return evicted ? true : undefined;
        },
        240,
      ),
    ),
  );
  await untilReady(bed, overlay, tier, 180);
}

/** @returns whether the budget allows it @throws Error if it fails for another reason */
async function evict(bed: Bed, overlay: string, name: string): Promise<boolean> {
  const namespace = namespaceOf(overlay);
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const { code, stderr } = await bed.tryKubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
  if (code === 0) return true;
  demand(/disruption budget|TooManyRequests/i.test(stderr), `the eviction of ${name} failed: ${stderr}`);
  return false;
}

async function readyFrontends(bed: Bed, overlay: string): Promise<number> {
  const { items } = await bed.get<{ items: Parameters<typeof isReady>[0][] }>([
    "pods",
    ...inside(overlay),
    "-l",
    tierLabels.frontend,
  ]);
  return items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length;
}
