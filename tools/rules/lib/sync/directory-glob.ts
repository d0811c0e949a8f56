/** One character of a class, any characters, any up to a slash, or one of several sequences. */
type Part = ((character: string) => boolean) | "any" | "within" | readonly Sequence[];
type Sequence = readonly Part[];

/** Longer than any real pattern. */
const longest = 1000;

/**
 * Whether a path matches a pattern as in `directory.include` and `exclude` of Argo CD: `*` stands for any characters,
 * including slashes, `?` for one, `[a-z]` and `[!abc]` for one of a class, `{a,b*}` for either. An invalid pattern matches
 * nothing. With `bySegments`, as in `sourceRepos` of a project, slashes separate, and only `**` crosses them.
 * https://pkg.go.dev/github.com/gobwas/glob#Compile
 */
export function isOfGlob(pattern: string, path: string, bySegments = false): boolean {
  const text = [...path];
  const sequences = pattern.length > longest ? [] : parsed(pattern, bySegments);
  return endsOf(sequences, text, new Set([0])).has(text.length);
}

/** Where sequences that start at the given places may end. All ways are followed at once, so that no pattern takes long. */
function endsOf(sequences: readonly Sequence[], text: readonly string[], starts: ReadonlySet<number>): Set<number> {
  return new Set(
    sequences.flatMap((parts) => [
      ...parts.reduce<ReadonlySet<number>>((places, part) => endsOfPart(part, text, places), starts),
    ]),
  );
}

function endsOfPart(part: Part, text: readonly string[], starts: ReadonlySet<number>): ReadonlySet<number> {
  const first = Math.min(...starts);
  if (part === "any") return new Set([...text.keys(), text.length].filter((place) => place >= first));
  if (part === "within") return withinSegments(text, starts);
  if (typeof part !== "function") return endsOf(part, text, starts);
  const meets = (place: number) => place < text.length && part(text[place] ?? "");
  return new Set([...starts].filter(meets).map((place) => place + 1));
}

function withinSegments(text: readonly string[], starts: ReadonlySet<number>): Set<number> {
  const ends = new Set<number>();
  for (let place = 0; place <= text.length; place++)
    if (starts.has(place) || (ends.has(place - 1) && text[place - 1] !== "/")) ends.add(place);
  return ends;
}

const token = /\\(.)|\*+|\[(!?)(?:(.)-(.)|(?!.-)((?:\\.|[^\]\\])+))\]|./gsu;

/** The alternatives of a pattern; none if a brace or a bracket is not closed. */
function parsed(pattern: string, bySegments: boolean): Sequence[] {
  const open: Part[][][] = [[[]]];
  for (const found of pattern.matchAll(token)) {
    const [group = [], around] = [open.at(-1), open.at(-2)];
    const [text] = found;
    if (text === "[") return [];
    if (text === "{") open.push([[]]);
    else if (text === "}" && around) around.at(-1)?.push(...open.splice(-1));
    else if (text === "," && around) group.push([]);
    else group.at(-1)?.push(partOf(found, bySegments));
  }
  return open.length === 1 ? (open[0] ?? []) : [];
}

function partOf(
  [text = "", escaped, not, low, high, list]: readonly (string | undefined)[],
  bySegments: boolean,
): Part {
  if (text.startsWith("*")) return bySegments && text === "*" ? "within" : "any";
  if (text === "?") return (one) => !bySegments || one !== "/";
  const isNot = not === "!";
  if (low !== undefined && high !== undefined) return (one) => (low <= one && one <= high) !== isNot;
  if (list !== undefined) return (one) => [...list.replaceAll(/\\(.)/gsu, "$1")].includes(one) !== isNot;
  return (one) => one === (escaped ?? text);
}
