/**
 * The candidate that a misspelt word most likely means, or undefined if none is close: up to a third of the letters may be
 * wrong, ignoring case (`replica` → `replicas`, `imagepullpolicy` → `imagePullPolicy`), its end or beginning may be missing
 * (`revisionHistory` → `revisionHistoryLimit`, `strategy` → `updateStrategy`), or all but its capitals (`RWO` →
 * `ReadWriteOnce`).
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let part: string | undefined;
  let least = Math.min(Math.ceil(word.length / 3), 4) + 1;
  if (word.length > 64) return undefined;
  for (const candidate of candidates) {
    if (isPartOf(word, candidate)) part ??= candidate;
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best ?? part;
}

function isPartOf(word: string, candidate: string): boolean {
  if (/^[A-Z]{2,5}$/.test(word)) return candidate.replace(/[^A-Z]/g, "") === word;
  if (word.length < 4) return false;
  const [part, whole] = [word.toLowerCase(), candidate.toLowerCase()];
  return whole.startsWith(part) || whole.endsWith(part);
}

/** The end of an error about a name: `, did you mean "x"?`, or an empty string if no candidate is close. */
export function didYouMean(name: string, candidates: Iterable<string>, nearestOf = nearest): string {
  const near = nearestOf(name, candidates);
  return near === undefined ? "" : `, did you mean "${near}"?`;
}

/** Like {@link didYouMean}, for a path: the nearest one differs in few names, each of which is close. */
export function didYouMeanPath(path: string, candidates: Iterable<string>): string {
  return didYouMean(path, candidates, nearestOfPaths);
}

/**
 * The path that a wrong one most likely means: its names are compared one by one (`overlays/prd` → `overlays/prod`), and one
 * may begin with the other (`prod` → `production`); or the path without the folders that it begins with.
 */
export function nearestOfPaths(path: string, candidates: Iterable<string>): string | undefined {
  const names = path.split("/");
  let best: string | undefined;
  let whole: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate.endsWith(`/${path}`)) whole ??= candidate;
    const others = candidate.split("/");
    if (others.length !== names.length) continue;
    const cost = names.reduce((sum, name, index) => sum + costOf(name, others[index] ?? ""), 0);
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best ?? whole;
}

/** How far a name is from another one: a beginning is nearer than two typos; infinite if the names share too little. */
function costOf(name: string, other: string): number {
  if (name === other) return 0;
  const [short = "", long = ""] = [name.toLowerCase(), other.toLowerCase()].sort((a, b) => a.length - b.length);
  const distance = editDistance(short, long);
  if (short.length > 2 && long.startsWith(short)) return Math.min(distance, 2);
  return distance > Math.min(Math.ceil(name.length / 3), 4) ? Number.POSITIVE_INFINITY : distance + 1;
}

/** Whether the edit distance of two words is at most `most`, ignoring case. */
export function isNear(word: string, other: string, most: number): boolean {
  if (Math.abs(word.length - other.length) > most) return false;
  return editDistance(word.toLowerCase(), other.toLowerCase()) <= most;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each one step. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j] ?? 0, (beforeLast[j - 2] ?? 0) + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/**
 * Whether two words have an edit distance of 1. Faster than {@link editDistance}: it only looks at what is between the
 * common beginning and the common end.
 */
export function isOneEditApart(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  if (Math.max(one.length, other.length) - shorter > 1) return false;
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [a, b] = [one, other].map((name) => name.slice(start, name.length - end)) as [string, string];
  return a !== b && (Math.max(a.length, b.length) === 1 || (a.length === 2 && a === [...b].reverse().join("")));
}
