const compiled = new Map<string, RegExp>();

/** Converts a pattern into a regular expression: `*` matches any characters (`star`), everything else itself. */
export function glob(pattern: string, star = ".*"): RegExp {
  const key = `${star} ${pattern}`;
  let regex = compiled.get(key);
  if (regex === undefined) {
    // Several stars in a row mean the same as one.
    const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const [last = "", first] = [parts.pop(), parts.shift()];
    // If a part matches at all, its first match is enough: a lookahead is never retried. https://swtch.com/glob
    const middle = parts.map((part, index) => `(?=(${star}?${part}))\\${index + 1}`);
    regex = new RegExp(first === undefined ? `^${last}$` : `^${first}${middle.join("")}${star}${last}$`, "s");
    compiled.set(key, regex);
  }
  return regex;
}
