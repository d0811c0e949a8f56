import { type Bed, demand, eventually } from "../bed.ts";
import { type Done, visitMany } from "../visitor.ts";
import { entriesOf } from "./guestbook.ts";
import { podsOf, redis, serviceUrl } from "./pods.ts";

const clients = 50;
const each = 200;

/** Every acknowledged entry is stored exactly once, in the master and as seen through the frontends. */
export async function everyEntryIsThere(bed: Bed, overlay: string): Promise<string> {
  const url = await serviceUrl(bed, overlay);
  const start = performance.now();
  const done = await visitMany(bed, { clients, each, way: "append", urls: [url], key: "e2e-many" });
  const rate = Math.round(done.length / ((performance.now() - start) / 1000));
  const acknowledged = acknowledgedOf(done);
  demand(acknowledged.length === clients * each, `${acknowledged.length} acknowledged; ${failuresOf(done)}`);
  const there = await settledEntries(bed, overlay, url, "e2e-many");
  const missing = missingOf(acknowledged, there);
  demand(
    missing.length === 0 && there.length === clients * each,
    `${there.length} stored, missing ${missing.slice(0, 5)}`,
  );
  return `${acknowledged.length} acknowledged, ${there.length} stored; ${rate} per second, ${times(done)}`;
}

/** Measures how many entries the document's method loses: read the list, add an entry, write the list back. */
export async function documentsWay(bed: Bed, overlay: string): Promise<string> {
  const url = await serviceUrl(bed, overlay);
  const done = await visitMany(bed, { clients, each, way: "seed", urls: [url], key: "e2e-seed" });
  const acknowledged = acknowledgedOf(done);
  demand(acknowledged.length > 0, failuresOf(done));
  const lost = missingOf(acknowledged, await settledEntries(bed, overlay, url, "e2e-seed")).length;
  const percent = ((100 * lost) / acknowledged.length).toFixed(1);
  return `${acknowledged.length} acknowledged, ${acknowledged.length - lost} stored: ${lost} lost (${percent} %)`;
}

/** The entries as the frontends return them, once the slaves have caught up with the master. */
export async function settledEntries(bed: Bed, overlay: string, url: string, key: string): Promise<string[]> {
  const [master] = await podsOf(bed, overlay, "redis-master");
  demand(master !== undefined, "there is no master");
  const stored = (await redis(bed, overlay, master, ["get", key])).split(",").filter(Boolean);
  const { value } = await eventually("the frontends do not return all entries of the master", async () => {
    const entries = await entriesOf(bed, url, key);
    return entries.length === stored.length ? entries : undefined;
  });
  demand(missingOf(stored, value).length === 0, "the frontends return other entries than the master");
  return value;
}

export function acknowledgedOf(done: readonly Done[]): string[] {
  return done.filter(({ status }) => status === 200).map(({ entry }) => entry);
}

/** The entries that are not stored exactly once. */
export function missingOf(entries: readonly string[], there: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const entry of there) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return entries.filter((entry) => counts.get(entry) !== 1);
}

/** The number of failures by status, each with an example. */
export function failuresOf(done: readonly Done[]): string {
  const failed = done.filter(({ status }) => status !== 200);
  const statuses = [...new Set(failed.map(({ status }) => status))];
  const texts = statuses.map((status) => {
    const all = failed.filter((one) => one.status === status);
    return `${all.length} × ${status} (${all[0]?.said.slice(0, 120)})`;
  });
  return texts.join("; ");
}

export function times(done: readonly Done[]): string {
  const sorted = done.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return `median ${at(0.5)} ms, 99 % within ${at(0.99)} ms`;
}
