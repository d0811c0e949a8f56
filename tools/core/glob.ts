const compiled = new Map<string, RegExp>();

/** A pattern in which `*` stands for any characters and everything else for itself, as a regular expression. */
export function glob(pattern: string, star = ".*"): RegExp {
  const key = `${star} ${pattern}`;
  let regex = compiled.get(key);
  if (regex === undefined) {
    // Runs of stars mean what one star means.
    const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const [last = "", first] = [parts.pop(), parts.shift()];
    // If a part fits at all, then where it first does: what a lookahead has found is not tried again. https://swtch.com/glob
    const middle = parts.map((part, index) => `(?=(${star}?${part}))\\${index + 1}`);
    regex = new RegExp(first === undefined ? `^${last}$` : `^${first}${middle.join("")}${star}${last}$`, "s");
    compiled.set(key, regex);
  }
  return regex;
}
