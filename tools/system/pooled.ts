import { availableParallelism } from "node:os";

/** One more than there are cores, so that no core is idle until this process starts the next program. */
export function defaultJobs(): number {
  return availableParallelism() + 1;
}

/** The results of `work` for all members of a list, in their order. @param most how many are worked on at a time */
export async function pooled<T, R>(list: readonly T[], most: number, work: (member: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = list.entries();
  const worker = async () => {
    for (const [index, member] of waiting) results[index] = await work(member);
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, most), list.length) }, worker));
  return results;
}
