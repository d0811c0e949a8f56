import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, demand, eventually } from "../bed.ts";
import { type Answer, ask, askOne, end, visitMany } from "../visitor.ts";
import { dataOf, shown } from "./guestbook.ts";
import { inside, isReady, podsOf, serviceUrl, tierLabels, untilReady } from "./pods.ts";
import { acknowledgedOf, failuresOf, missingOf, settledEntries } from "./writers.ts";

const key = "e2e-master";

/** Without a master, reads continue, frontends stay ready, and writes fail soon with a clear error. */
export async function masterAway(bed: Bed, overlay: string): Promise<string> {
  const url = await serviceUrl(bed, overlay);
  const before = await askOne(bed, `${url}?cmd=append&key=${key}`, { value: "before" });
  demand(before.status === 200, shown(before));
  await scale(bed, overlay, 0);
  try {
    // While Redis shuts down it does not answer writes, so wait until it is gone.
    const master = ["pods", "-l", tierLabels["redis-master"], ...inside(overlay)];
    await bed.kubectl(["wait", "--for=delete", ...master, "--timeout=60s"]);
    const writes = await ask(
      bed,
      Array.from({ length: 20 }, (_, i) => append(url, `away-${i}`)),
    );
    for (const answer of writes) demand(isClear(answer), `a write: ${shown(answer)}`);
    const reads = await ask(
      bed,
      Array.from({ length: 200 }, () => ({ url: `${url}?cmd=get&key=${key}` })),
    );
    for (const answer of reads) demand(`${dataOf(answer).data}`.includes("before"), `a read: ${shown(answer)}`);
    const ready = (await podsOf(bed, overlay, "frontend")).filter(isReady).length;
    demand(ready === 3, `${ready} of 3 frontends are ready`);
    const slowest = Math.max(...writes.map(({ ms }) => ms));
    return `${reads.length} reads answered, ${writes.length} writes with ${shown(writes[0] as Answer)}, the slowest after ${slowest} ms`;
  } finally {
    await scale(bed, overlay, 1);
    await untilReady(bed, overlay, "redis-master");
    await eventually("writes still fail after the master is back", async () => {
      return (await askOne(bed, `${url}?cmd=append&key=${key}`, { value: "after" })).status === 200 ? true : undefined;
    });
  }
}

/** Ten clients write and ten read while the master's pod is killed: no acknowledged entry is lost. */
export async function killedMasterKeepsEntries(bed: Bed, overlay: string): Promise<string> {
  const url = await serviceUrl(bed, overlay);
  const until = "killed-master";
  const load = { clients: 10, urls: [url], key: "e2e-durable", pause: 20, until };
  const writing = visitMany(bed, { ...load, way: "append" });
  const reading = visitMany(bed, { ...load, way: "read" });
  await sleep(5000);
  const away = await kill(bed, overlay).finally(() => sleep(5000).then(() => end(bed, until)));
  const [written, read] = await Promise.all([writing, reading]);
  const acknowledged = acknowledgedOf(written);
  const there = await settledEntries(bed, overlay, url, "e2e-durable");
  const missing = missingOf(acknowledged, there);
  demand(
    missing.length === 0,
    `${missing.length} of ${acknowledged.length} are missing: ${missing.slice(0, 5).join(", ")}`,
  );
  const unclear = written.filter(({ status }) => ![200, 503, 504].includes(status));
  demand(unclear.length === 0, `writes got ${failuresOf(unclear)}`);
  const rejected = read.filter(({ status }) => status !== 200);
  demand(
    rejected.every(({ status }) => status === 503),
    `reads got ${failuresOf(rejected)}`,
  );
  return [
    `${acknowledged.length} acknowledged, all stored`,
    `${written.length - acknowledged.length} rejected with an error`,
    `the master was away for ${(away / 1000).toFixed(1)} s`,
    `${read.length - rejected.length} of ${read.length} reads answered meanwhile`,
  ].join("; ");
}

/** Deletes the master's pod with a grace period of one second. @returns milliseconds until another is ready */
async function kill(bed: Bed, overlay: string): Promise<number> {
  const [master] = await podsOf(bed, overlay, "redis-master");
  demand(master !== undefined, "there is no master");
  const start = performance.now();
  await bed.kubectl(["delete", "pod", master.metadata.name, ...inside(overlay), "--grace-period=1", "--wait=false"]);
  await untilReady(bed, overlay, "redis-master");
  return performance.now() - start;
}

async function scale(bed: Bed, overlay: string, replicas: number): Promise<void> {
  await bed.kubectl(["scale", "deployment/redis-master", `--replicas=${replicas}`, ...inside(overlay)]);
}

function append(url: string, value: string) {
  return { url: `${url}?cmd=append&key=${key}`, body: { value } };
}

/** Status 503 with an error message and a code. */
function isClear(answer: Answer): boolean {
  const { error, code } = dataOf(answer);
  return answer.status === 503 && typeof error === "string" && typeof code === "string";
}
