/**
 * Matches a name against a selector of a kustomization, which is a regular expression of Go's RE2 anchored at both ends
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/). The expression comes from the
 * repository that is judged, so JavaScript's backtracking engine must not see it: this one computes the set of
 * positions that each part can reach, in time proportional to the product of both lengths. What it does not understand,
 * or what is too long, is compared literally.
 */
export function matchesSelector(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (pattern.length > MAX_LENGTH || name.length > MAX_LENGTH) return false;
  const parsed = parse(pattern);
  if (!parsed) return false;
  const work = { left: MAX_STEPS };
  try {
    return reach(parsed, name, new Set([0]), work).has(name.length);
  } catch (thrown) {
    if (thrown === EXHAUSTED) return false;
    throw thrown;
  }
}

const MAX_LENGTH = 1000;
const MAX_STEPS = 200_000;
const MAX_NESTING = 50;
const MAX_REPEAT = 1000;
const EXHAUSTED = new Error("too much work");

type Test = (char: string) => boolean;

type Part =
  | { readonly type: "char"; readonly test: Test }
  | { readonly type: "start" | "end" }
  | { readonly type: "all"; readonly parts: readonly Part[] }
  | { readonly type: "any"; readonly parts: readonly Part[] }
  | { readonly type: "repeat"; readonly part: Part; readonly min: number; readonly max: number };

function reach(part: Part, text: string, from: ReadonlySet<number>, work: { left: number }): ReadonlySet<number> {
  work.left -= from.size + 1;
  if (work.left < 0) throw EXHAUSTED;
  switch (part.type) {
    case "char":
      return new Set([...from].filter((i) => i < text.length && part.test(text.charAt(i))).map((i) => i + 1));
    case "start":
      return new Set([...from].filter((i) => i === 0));
    case "end":
      return new Set([...from].filter((i) => i === text.length));
    case "all":
      return part.parts.reduce((reached, next) => (reached.size ? reach(next, text, reached, work) : reached), from);
    case "any":
      return new Set(part.parts.flatMap((one) => [...reach(one, text, from, work)]));
    case "repeat":
      return repeat(part, text, from, work);
  }
}

function repeat(
  { part, min, max }: { part: Part; min: number; max: number },
  text: string,
  from: ReadonlySet<number>,
  work: { left: number },
): ReadonlySet<number> {
  let last = from;
  for (let i = 0; i < min && last.size; i++) last = reach(part, text, last, work);
  const seen = new Set(last);
  for (let i = min; i < max && last.size; i++) {
    last = new Set([...reach(part, text, last, work)].filter((position) => !seen.has(position)));
    for (const position of last) seen.add(position);
  }
  return seen;
}

/** The expression's parts, or undefined when it uses what this engine does not have. */
function parse(pattern: string): Part | undefined {
  const parser = new Parser(pattern);
  return parser.parse();
}

class Parser {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): Part | undefined {
    const part = this.#alternatives(0);
    return part && this.#at === this.#pattern.length ? part : undefined;
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #skip(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(depth: number): Part | undefined {
    const parts: Part[] = [];
    do {
      const part = this.#sequence(depth);
      if (!part) return undefined;
      parts.push(part);
    } while (this.#skip("|"));
    return { type: "any", parts };
  }

  #sequence(depth: number): Part | undefined {
    const parts: Part[] = [];
    while (this.#at < this.#pattern.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const part = this.#repeated(depth);
      if (!part) return undefined;
      parts.push(part);
    }
    return { type: "all", parts };
  }

  #repeated(depth: number): Part | undefined {
    const part = this.#atom(depth);
    if (!part) return undefined;
    const range = this.#range();
    if (!range) return part;
    this.#skip("?"); // Lazy or greedy makes no difference to whether it matches.
    if (range.min > MAX_REPEAT || (range.max !== Infinity && range.max > MAX_REPEAT)) return undefined;
    return { type: "repeat", part, ...range };
  }

  #range(): { min: number; max: number } | undefined {
    if (this.#skip("*")) return { min: 0, max: Infinity };
    if (this.#skip("+")) return { min: 1, max: Infinity };
    if (this.#skip("?")) return { min: 0, max: 1 };
    const counted = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 12));
    if (!counted) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    if (!counted[2]) return { min, max: min };
    return { min, max: counted[3] ? Number(counted[3]) : Infinity };
  }

  #atom(depth: number): Part | undefined {
    const char = this.#peek();
    this.#at++;
    if (char === "(") return this.#group(depth + 1);
    if (char === "[") return this.#class();
    if (char === "\\") return this.#escape();
    if (char === ".") return { type: "char", test: (c) => c !== "\n" };
    if (char === "^") return { type: "start" };
    if (char === "$") return { type: "end" };
    if ("*+?".includes(char)) return undefined;
    return { type: "char", test: (c) => c === char };
  }

  #group(depth: number): Part | undefined {
    if (depth > MAX_NESTING) return undefined;
    if (this.#skip("?") && !this.#skip(":")) return undefined;
    const part = this.#alternatives(depth);
    return part && this.#skip(")") ? part : undefined;
  }

  #escape(): Part | undefined {
    const char = this.#peek();
    this.#at++;
    const test = escaped(char);
    return test && { type: "char", test };
  }

  #class(): Part | undefined {
    const negated = this.#skip("^");
    const tests: Test[] = [];
    while (this.#at < this.#pattern.length && (this.#peek() !== "]" || tests.length === 0)) {
      const test = this.#member();
      if (!test) return undefined;
      tests.push(test);
    }
    if (!this.#skip("]")) return undefined;
    return { type: "char", test: (c) => tests.some((test) => test(c)) !== negated };
  }

  #member(): Test | undefined {
    const low = this.#peek();
    this.#at++;
    if (low === "[" && this.#peek() === ":") return undefined;
    if (low === "\\") {
      const char = this.#peek();
      this.#at++;
      return escaped(char);
    }
    const high = this.#pattern.charAt(this.#at + 1);
    if (this.#peek() !== "-" || high === "]" || high === "") return (c) => c === low;
    if (high === "\\") return undefined;
    this.#at += 2;
    return (c) => c >= low && c <= high;
  }
}

const CLASSES: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["d", (c) => /[0-9]/.test(c)],
  ["D", (c) => !/[0-9]/.test(c)],
  ["w", (c) => /[0-9A-Za-z_]/.test(c)],
  ["W", (c) => !/[0-9A-Za-z_]/.test(c)],
  ["s", (c) => /[\t\n\f\r ]/.test(c)],
  ["S", (c) => !/[\t\n\f\r ]/.test(c)],
]);

function escaped(char: string): Test | undefined {
  const known = CLASSES.get(char);
  if (known) return known;
  return char === "" || /[0-9A-Za-z]/.test(char) ? undefined : (c) => c === char;
}
