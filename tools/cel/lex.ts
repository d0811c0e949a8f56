import { CelError } from "./ast.ts";
import { readBytes, readNumber, readText } from "./literals.ts";
import type { Value } from "./values.ts";

export interface Token {
  readonly kind: "name" | "literal" | "symbol" | "end";
  /** The source text; for a literal, only used in messages. */
  readonly text: string;
  readonly at: number;
  /** The value of a literal. */
  readonly value?: Value;
}

const space = /(?:[\t\n\f\r ]+|\/\/[^\n]*)*/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0x[0-9A-Fa-f]+[uU]?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?/y;
const symbol = /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}]/y;
const text =
  /([rRbB]{0,2})(?:"""((?:[^\\]|\\[\s\S])*?)"""|'''((?:[^\\]|\\[\s\S])*?)'''|"((?:[^\\"\r\n]|\\[^\r\n])*)"|'((?:[^\\'\r\n]|\\[^\r\n])*)')/y;
const rawText = /([rRbB]{1,2})(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"([^"\r\n]*)"|'([^'\r\n]*)')/y;

/** The maximum length of an expression, in code points. */
const longest = 100_000;

/**
 * The tokens of an expression; the last one is its end.
 *
 * @throws CelError if it is too long, or contains an invalid token.
 */
export function lex(source: string): Token[] {
  if (source.length > longest && [...source].length > longest)
    throw new CelError(`the expression is longer than ${longest} characters`, 0);
  const tokens: Token[] = [];
  let at = skip(source, 0);
  while (at < source.length) {
    const token = next(source, at);
    tokens.push(token);
    at = skip(source, at + token.text.length);
  }
  tokens.push({ kind: "end", text: "", at });
  return tokens;
}

function skip(source: string, at: number): number {
  return at + (matchAt(space, source, at)?.[0].length ?? 0);
}

function next(source: string, at: number): Token {
  const literal = textLiteral(source, at) ?? numberLiteral(source, at);
  if (literal !== undefined) return literal;
  const word = matchAt(name, source, at)?.[0];
  if (word !== undefined) return constants.has(word) ? constant(word, at) : { kind: "name", text: word, at };
  const sign = matchAt(symbol, source, at)?.[0];
  if (sign !== undefined) return { kind: "symbol", text: sign, at };
  throw new CelError(`unexpected character ${JSON.stringify([...source.slice(at)][0])}`, at);
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function constant(text: string, at: number): Token {
  return { kind: "literal", text, at, value: constants.get(text) ?? null };
}

function numberLiteral(source: string, at: number): Token | undefined {
  const written = matchAt(number, source, at)?.[0];
  return written === undefined
    ? undefined
    : { kind: "literal", text: written, at, value: readNumber(written, at, false) };
}

function textLiteral(source: string, at: number): Token | undefined {
  const isRaw = /[rR]/.test(/^[rRbB]{0,2}(?=["'])/.exec(source.slice(at, at + 3))?.[0] ?? "");
  const match = matchAt(isRaw ? rawText : text, source, at);
  if (match === undefined) return undefined;
  const [written, prefix = "", ...contents] = match;
  if (prefix.length === 2 && !/^br$/i.test(prefix)) return undefined;
  const content = contents.find((one) => one !== undefined) ?? "";
  const read = /b/i.test(prefix) ? readBytes : readText;
  return { kind: "literal", text: written, at, value: read(content, isRaw, at) };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}
