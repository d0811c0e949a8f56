const compiled = new Map<string, RegExp>();

/** A pattern in which `*` stands for any characters and everything else for itself, as a regular expression. */
export function glob(pattern: string, star = ".*"): RegExp {
  const key = `${star} ${pattern}`;
  let regex = compiled.get(key);
  if (regex === undefined) {
    // Runs of stars mean what one star means; one alone keeps the expression free of quadratic backtracking.
    const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    regex = new RegExp(`^${parts.join(star)}$`, "s");
    compiled.set(key, regex);
  }
  return regex;
}
