/** Adds elements to a list, however many: `list.push(...more)` puts each on the stack, which a hostile target can fill. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const one of more) list.push(one);
}
