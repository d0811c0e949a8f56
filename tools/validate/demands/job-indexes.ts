/** The number of indexes in a list such as `0,2-4,7`, or what is wrong with it (`validateIndexesFormat`). */
export function indexCount(text: string, completions: number): number | string {
  if (text === "") return 0;
  let [last, total] = [-1, 0];
  for (const interval of text.split(",")) {
    const ends = interval.split("-");
    if (ends.length > 2) return `${JSON.stringify(interval)} has two hyphens`;
    const [first, end = first] = ends.map(indexOf);
    if (first === undefined || end === undefined) return `${JSON.stringify(interval)} is not an index`;
    const most = Math.max(first, end);
    if (most >= completions) return `${most} is not below completions, which is ${completions}`;
    if (first <= last || (ends.length === 2 && first >= end)) return "the indexes are not in ascending order";
    total += end - first + 1;
    last = end;
  }
  return total;
}

function indexOf(text: string): number | undefined {
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}
