/** Results beyond these are computed each time. */
const most = 10_000;

/** A function of texts that recur in manifests, such as patterns and quantities: its results are kept. */
export function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const result = compute(text);
    if (known.size < most) known.set(text, result);
    return result;
  };
}
