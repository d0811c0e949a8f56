import { UserError } from "../core/errors.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { Target } from "../core/resource.ts";
import { digest } from "../system/snapshot.ts";

/** One of several runs that judge a part of the targets each. */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** What a shard tells whoever puts the reports together, beside what it found. */
export interface ShardNotes extends Shard {
  /** One text for how all targets were distributed: shards of one run agree on it. */
  readonly plan: string;
  /** They are parts of all targets that the configuration names. */
  readonly whole: boolean;
  /** Milliseconds that each target took, by its path. */
  readonly costs: Readonly<Record<string, number>>;
  /** What its targets mean for those of the others. */
  readonly facts: readonly TargetFacts[];
  /** A policy threw. */
  readonly crashed: boolean;
}

/** Milliseconds by the paths of targets; what is not in it costs as much as the others on average. */
export type Costs = Readonly<Record<string, number>>;

/** @throws UserError unless it is `2/4` */
export function parseShard(text: string): Shard {
  const [, index = "", of = ""] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === "" || Number(index) > Number(of))
    throw new UserError(`--shard is I/N, the I-th of N parts, such as 2/4; not "${text}"`);
  return { index: Number(index), of: Number(of) };
}

/**
 * Distributes targets over shards: those that take longest first, each to the shard that has least to do. The same
 * targets and costs give the same shards, in whatever order they come.
 *
 * @returns the shards in their order
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

/** @see ShardNotes.plan */
export function planOf(shards: readonly (readonly Target[])[]): string {
  return digest(JSON.stringify(shards.map((targets) => targets.map(({ path }) => path))));
}
