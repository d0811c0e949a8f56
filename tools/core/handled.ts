/** Marks a promise that is awaited later as handled: its failure then reaches the awaiting code, and until then nobody. */
export function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
