import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, demand } from "../bed.ts";
import { end, visitMany } from "../visitor.ts";
import { inside, podsOf, serviceUrl } from "./pods.ts";
import { acknowledgedOf, failuresOf, missingOf, settledEntries, times } from "./writers.ts";

/** All frontends are replaced while clients read and write through the Service, and no request fails. */
export async function rollingUpdate(bed: Bed, overlay: string): Promise<string> {
  const before = (await podsOf(bed, overlay, "frontend")).map(({ metadata }) => metadata.name);
  const { reads, writes, missing } = await underLoad(bed, overlay, "e2e-rolling", async () => {
    await bed.kubectl(["rollout", "restart", "deployment/frontend", ...inside(overlay)]);
    await bed.kubectl(["rollout", "status", "deployment/frontend", ...inside(overlay), "--timeout=180s"]);
  });
  const after = (await podsOf(bed, overlay, "frontend")).map(({ metadata }) => metadata.name);
  demand(!after.some((name) => before.includes(name)), "not every frontend was replaced");
  const all = [...reads, ...writes];
  const failed = all.filter(({ status }) => status !== 200);
  demand(failed.length === 0, `${failed.length} of ${all.length} requests failed: ${failuresOf(failed)}`);
  demand(missing.length === 0, `${missing.length} acknowledged entries are missing`);
  return `${before.length} pods replaced, ${all.length} requests, 0 failed, ${times(all)}`;
}

/** Runs six readers and two writers during an action. @returns their requests, and the acknowledged entries that were lost */
export async function underLoad(bed: Bed, overlay: string, key: string, act: () => Promise<void>) {
  const url = await serviceUrl(bed, overlay);
  const load = { urls: [url], key, pause: 20, until: key };
  const loads = Promise.all([
    visitMany(bed, { ...load, clients: 6, way: "read" }),
    visitMany(bed, { ...load, clients: 2, way: "append" }),
  ]);
  await sleep(2000);
  await act().finally(() => sleep(2000).then(() => end(bed, key)));
  const [reads, writes] = await loads;
  const missing = missingOf(acknowledgedOf(writes), await settledEntries(bed, overlay, url, key));
  return { reads, writes, missing };
}
