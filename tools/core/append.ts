/** Adds any number of elements to a list: `list.push(...more)` puts them on the stack, which a hostile target can overflow. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const one of more) list.push(one);
}
