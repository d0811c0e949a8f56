import { UserError } from "../../core/errors.ts";
import type { Target } from "../../core/resource.ts";
import type { Shard } from "../../report/report.ts";
import { digest } from "../../system/snapshot.ts";

/** Milliseconds by the paths of targets; missing targets count as average. */
export type Costs = Readonly<Record<string, number>>;

/** Parses the value of --shard. @throws UserError unless it looks like `2/4` */
export function parseShard(text: string): Shard {
  const [, index = "", of = ""] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === "" || Number(index) > Number(of))
    throw new UserError(`--shard must be I/N, the I-th of N parts, such as 2/4, not "${text}"`);
  return { index: Number(index), of: Number(of) };
}

/**
 * Distributes targets over shards: the slowest first, each to the shard with the least work. The result does not depend
 * on the order of the targets.
 *
 * @returns the targets of each shard, in order
 */
export function distribute(targets: readonly Target[], of: number, costs: Costs): Target[][] {
  const known = targets.flatMap(({ path }) => (Object.hasOwn(costs, path) ? [costs[path] as number] : []));
  const average = known.length === 0 ? 1 : known.reduce((sum, cost) => sum + cost, 0) / known.length;
  const costOf = ({ path }: Target) => (Object.hasOwn(costs, path) ? (costs[path] as number) : average);
  const order = [...targets].sort((a, b) => costOf(b) - costOf(a) || (a.path < b.path ? -1 : 1));
  const shards = Array.from({ length: of }, () => ({ sum: 0, targets: [] as Target[] }));
  for (const target of order) {
    const least = shards.reduce((best, shard) => (shard.sum < best.sum ? shard : best));
    least.sum += costOf(target);
    least.targets.push(target);
  }
  return shards.map((shard) => shard.targets.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** A digest of how targets are distributed; see `ShardNotes`. */
export function planOf(shards: readonly (readonly Target[])[]): string {
  return digest(JSON.stringify(shards.map((targets) => targets.map(({ path }) => path))));
}
