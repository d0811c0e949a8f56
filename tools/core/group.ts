/** Groups the members of a list by a key, in their order. `Map.groupBy` needs Node 21. */
export function groupBy<K, T>(list: Iterable<T>, keyOf: (member: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const member of list) add(groups, keyOf(member), member);
  return groups;
}

/** Like {@link groupBy}, for members with any number of keys. */
export function groupByEach<K, T>(list: Iterable<T>, keysOf: (member: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const member of list) for (const key of keysOf(member)) add(groups, key, member);
  return groups;
}

/** The members of a list with different keys: the first one of each key. */
export function* distinctBy<K, T>(list: Iterable<T>, keyOf: (member: T) => K): Generator<T> {
  const seen = new Set<K>();
  for (const member of list) {
    const key = keyOf(member);
    if (!seen.has(key)) yield member;
    seen.add(key);
  }
}

function add<K, T>(groups: Map<K, T[]>, key: K, member: T): void {
  const group = groups.get(key);
  if (group) group.push(member);
  else groups.set(key, [member]);
}
