import { CelError } from "./ast.ts";
import { Uint, type Value } from "./values.ts";

/**
 * The value of a number literal; an `int` has 64 bits, including its sign.
 *
 * @throws CelError if it is out of range.
 */
export function readNumber(written: string, at: number, negative: boolean): Value {
  if (/[uU]$/.test(written)) {
    const value = BigInt(written.slice(0, -1));
    if (negative || value >= 2n ** 64n) throw new CelError(`${written} is not a 64-bit unsigned integer`, at);
    return new Uint(value);
  }
  if (!/^(0x[0-9A-Fa-f]+|\d+)$/.test(written)) return double(written, at, negative);
  const value = negative ? -BigInt(written) : BigInt(written);
  if (value !== BigInt.asIntN(64, value)) {
    // The smallest integer needs this value before its sign is applied.
    if (!negative && value === 2n ** 63n) return value;
    throw new CelError(`${negative ? "-" : ""}${written} is not a 64-bit integer`, at);
  }
  return value;
}

function double(written: string, at: number, negative: boolean): number {
  const value = Number(written);
  if (!Number.isFinite(value)) throw new CelError(`${written} is too large for a double`, at);
  return negative ? -value : value;
}

const escapes =
  /\\(?:([abfnrtv"'`\\?])|x([0-9A-Fa-f]{2})|X([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2})|)/g;

const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * The value of a string literal.
 *
 * @param content the text between its quotes.
 * @throws CelError if an escape sequence is invalid.
 */
export function readText(content: string, isRaw: boolean, at: number): string {
  if (isRaw || !content.includes("\\")) return content;
  return content.replace(escapes, (written, one, x, upperX, u, upperU, octal) => {
    if (one !== undefined) return simple[one] ?? one;
    const hex = x ?? upperX ?? u ?? upperU;
    const code = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    if (Number.isNaN(code) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new CelError(`${written} in a string is not a valid escape sequence`, at);
    }
    return String.fromCodePoint(code);
  });
}

/**
 * The value of a bytes literal: escapes are bytes, everything else is encoded as UTF-8.
 *
 * @param content the text between its quotes.
 * @throws CelError if an escape sequence is invalid.
 */
export function readBytes(content: string, isRaw: boolean, at: number): Uint8Array {
  if (isRaw || !content.includes("\\")) return Buffer.from(content);
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const match of content.matchAll(escapes)) {
    const [written, one, x, upperX, u, , octal] = match;
    parts.push(Buffer.from(content.slice(last, match.index)));
    last = match.index + written.length;
    if (one !== undefined) parts.push(Buffer.from(simple[one] ?? one));
    else if (u !== undefined || (x ?? upperX ?? octal) === undefined) {
      throw new CelError(`${written} in bytes is not a valid escape sequence`, at);
    } else
      parts.push(
        Uint8Array.of(octal === undefined ? Number.parseInt(x ?? upperX ?? "", 16) : Number.parseInt(octal, 8)),
      );
  }
  parts.push(Buffer.from(content.slice(last)));
  return Buffer.concat(parts);
}
