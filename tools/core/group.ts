/** The members of a list by a key, in their order. `Map.groupBy` came with Node 21. */
export function groupBy<K, T>(list: Iterable<T>, keyOf: (member: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const member of list) add(groups, keyOf(member), member);
  return groups;
}

/** The same, of members that have several keys, or none. */
export function groupByEach<K, T>(list: Iterable<T>, keysOf: (member: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const member of list) for (const key of keysOf(member)) add(groups, key, member);
  return groups;
}

function add<K, T>(groups: Map<K, T[]>, key: K, member: T): void {
  const group = groups.get(key);
  if (group) group.push(member);
  else groups.set(key, [member]);
}
