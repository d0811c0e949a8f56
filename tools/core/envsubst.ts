import { matchesRegex } from "./regex.ts";

/**
 * Variables in texts as Flux replaces them: a subset of the parameter expansion of bash.
 * https://pkg.go.dev/github.com/fluxcd/pkg/envsubst
 */

/** A text, or why Flux refuses it. */
export type Substituted = { readonly text: string } | Refusal;

interface Refusal {
  readonly fault: string;
  /** The expression that is refused. */
  readonly expression: string;
  /** Where the expression begins. */
  readonly offset: number;
}

/**
 * Replaces the variables of a text. `$$` becomes `$`; an expression with a variable without a known value stays as it is,
 * unless it has a default.
 *
 * @param lookUp gives the value of a variable; undefined if it is not known
 */
export function substitute(text: string, lookUp: (name: string) => string | undefined): Substituted {
  const scanner = new Scanner(text);
  try {
    return { text: joined(whole(scanner).map((part) => written(part, lookUp))) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const offset = scanner.opened;
    const [expression = ""] = /^[^\n}]{1,40}\}?/.exec(text.slice(offset)) ?? [];
    return { fault: error.message, expression, offset };
  }
}

/** Text, or an expression in braces. */
type Part = string | Expansion;

interface Expansion {
  readonly name: string;
  /** What stands between the name and its arguments; empty for the plain value. */
  readonly operator: string;
  readonly args: readonly Part[];
  /** As it is written. */
  readonly source: string;
}

/** An expression that Flux refuses, or that makes more than an object may hold. */
class Malformed extends Error {}

/** In characters. An object has at most 1.5 MB: https://etcd.io/docs/latest/dev-guide/limit/ */
const longest = 2_000_000;

/** In characters: patterns are matched with each part of a value. */
const longestTrimmed = 4096;

/** Expressions within expressions. */
const deepest = 100;

function joined(parts: readonly string[]): string {
  demandLength(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join("");
}

function demandLength(length: number): void {
  if (length > longest) throw new Malformed("its values are too long");
}

type Accepts = (char: string) => boolean;

const isInName: Accepts = (char) => /[\p{L}\p{Nd}_]/u.test(char);
const isInside: Accepts = (char) => char !== "}";
const isAnything: Accepts = () => true;

/** Reads a text from its start to its end. */
class Scanner {
  readonly text: string;
  at = 0;
  /** Where the last expression begins, and how many it is in. */
  opened = 0;
  depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  get next(): string {
    return this.text[this.at] ?? "";
  }

  get isOpening(): boolean {
    return this.text.startsWith("${", this.at);
  }

  /** Reads text up to an expression or a character that is not accepted. @param escapes matches an escape at its start */
  take(accepts: Accepts, escapes?: RegExp): string {
    let taken = "";
    while (this.at < this.text.length && !this.isOpening) {
      const isEscape = escapes?.test(this.text.slice(this.at, this.at + 2)) ?? false;
      if (!isEscape && !accepts(this.next)) break;
      if (isEscape) this.at++;
      taken += this.next;
      this.at++;
    }
    return taken;
  }

  /** Reads text that must not be empty. */
  demand(accepts: Accepts, fault: string, escapes?: RegExp): string {
    const taken = this.take(accepts, escapes);
    if (taken === "") throw new Malformed(fault);
    return taken;
  }

  close(): void {
    if (this.next !== "}") throw new Malformed("a closing brace is missing");
    this.at++;
  }
}

function whole(scanner: Scanner): Part[] {
  const parts: Part[] = [];
  while (scanner.at < scanner.text.length)
    parts.push(scanner.isOpening ? expansion(scanner) : scanner.take(isAnything, /^\$\$/));
  return parts;
}

function expansion(scanner: Scanner): Expansion {
  const start = scanner.at;
  scanner.opened = start;
  scanner.at += 2;
  if (++scanner.depth > deepest) throw new Malformed("too many expressions are nested");
  const read = scanner.next === "#" ? lengthIn(scanner) : operationIn(scanner);
  scanner.depth--;
  scanner.close();
  return { ...read, source: scanner.text.slice(start, scanner.at) };
}

type Read = Omit<Expansion, "source">;

function lengthIn(scanner: Scanner): Read {
  scanner.at++;
  return { name: nameIn(scanner), operator: "length", args: [] };
}

function nameIn(scanner: Scanner): string {
  return scanner.demand(isInName, "it does not begin with the name of a variable");
}

function operationIn(scanner: Scanner): Read {
  const name = nameIn(scanner);
  const next = scanner.text.slice(scanner.at, scanner.at + 2);
  for (const { begins, args } of operations) {
    const [operator] = begins.exec(next) ?? [];
    if (operator === undefined) continue;
    scanner.at += operator.length;
    return { name, operator, args: args(scanner) };
  }
  return { name, operator: "", args: [] };
}

/** The operators after a name, and how their arguments are read; bash has more, such as `-` without a colon. */
const operations: readonly { readonly begins: RegExp; readonly args: (scanner: Scanner) => Part[] }[] = [
  { begins: /^(?::[-=?+]|=)/, args: defaultIn },
  { begins: /^:/, args: sliceIn },
  { begins: /^[,^]{1,2}/, args: () => [] },
  { begins: /^\/[/#%]?/, args: replacementIn },
  { begins: /^(?:##?|%%?)/, args: (scanner) => [argument(scanner, isInside)] },
];

function argument(scanner: Scanner, accepts: Accepts, escapes?: RegExp): Part {
  if (scanner.isOpening) return expansion(scanner);
  return scanner.demand(accepts, "an argument is missing", escapes);
}

function defaultIn(scanner: Scanner): Part[] {
  const args: Part[] = [];
  while (scanner.next !== "}") args.push(argument(scanner, isInside));
  return args;
}

function sliceIn(scanner: Scanner): Part[] {
  const start = argument(scanner, (char) => char !== ":" && char !== "}");
  if (scanner.next === "}") return [start];
  scanner.demand((char) => char === ":", "its position is not followed by a length");
  return [start, argument(scanner, isInside)];
}

const escapes = /^(?:\$\$|\\[/\\])/;

function replacementIn(scanner: Scanner): Part[] {
  const old = argument(scanner, (char) => char !== "/", escapes);
  scanner.demand((char) => char === "/", "it has no replacement");
  return scanner.next === "}" ? [old] : [old, argument(scanner, isInside, escapes)];
}

function written(part: Part, lookUp: (name: string) => string | undefined): string {
  if (typeof part === "string") return part;
  const { name, operator, args, source } = part;
  const isDefault = /^:?[-=?+]$/.test(operator);
  const value = lookUp(name) ?? (isDefault ? "" : undefined);
  if (value === undefined) return source;
  const texts = args.map((one) => written(one, lookUp));
  if (isDefault) return value === "" ? joined(texts) : value;
  return operator === "" ? value : apply(operator, value, texts);
}

function apply(operator: string, value: string, [first = "", second]: readonly string[]): string {
  switch (operator) {
    case "length":
      return String(Buffer.byteLength(value));
    case ",":
      return value.slice(0, 1).toLowerCase() + value.slice(1);
    case ",,":
      return value.toLowerCase();
    case "^":
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case "^^":
      return value.toUpperCase();
    case ":":
      return slice(value, first, second);
    case "/":
      return value.replace(first, () => second ?? "");
    case "//":
      return replacedAll(value, first, second ?? "");
    case "/#":
      return second !== undefined && value.startsWith(first) ? second + value.slice(first.length) : value;
    case "/%":
      return second !== undefined && value.endsWith(first)
        ? value.slice(0, value.length - first.length) + second
        : value;
    default:
      return trimmed(operator, value, first);
  }
}

function replacedAll(value: string, old: string, replacement: string): string {
  const parts = value.split(old);
  demandLength(value.length + parts.length * replacement.length);
  return value.replaceAll(old, () => replacement);
}

function slice(value: string, start: string, length: string | undefined): string {
  if (![start, length ?? "0"].every((text) => /^[-+]?\d+$/.test(text))) return value;
  const from = Number(start) < 0 ? Math.max(0, value.length + Number(start)) : Number(start);
  const end = Number(length ?? value.length);
  return value.slice(from, end < 0 ? Math.max(0, value.length + end) : from + end);
}

/** Without the shortest (`#`, `%`) or longest (`##`, `%%`) part at its start (`#`) or end (`%`) that a pattern matches. */
function trimmed(operator: string, value: string, pattern: string): string {
  const isEnd = operator.startsWith("%");
  if (Math.max(value.length, pattern.length) > longestTrimmed)
    throw new Malformed("its value is too long for a pattern");
  const matches = wildcard(pattern);
  const lengths = Array.from(value, (_, index) => index + 1);
  if (operator.length === 2) lengths.reverse();
  const part = (length: number) => (isEnd ? value.slice(value.length - length) : value.slice(0, length));
  const length = lengths.find((one) => matchesRegex(part(one), matches)) ?? 0;
  return isEnd ? value.slice(0, value.length - length) : value.slice(length);
}

/** The regular expression for a pattern in which `*` is any text, `?` one character, and `[…]` one of some. */
function wildcard(pattern: string): string {
  const source = pattern.replaceAll(/\\(.)|\[\^?[^\]]+\]|[\\^$.*+?()[\]{}|]/gs, (found, escaped?: string) => {
    if (escaped !== undefined) return escaped.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
    if (found === "*") return ".*";
    if (found === "?") return ".";
    return found.startsWith("[") && found.length > 1 ? found.replaceAll("\\", "\\\\") : `\\${found}`;
  });
  return `(?s)^(?:${source})$`;
}
