import { isUtf8 } from "node:buffer";
import type { LocatedProblem } from "../core/resource.ts";
import { positionAt } from "./text.ts";

/** The text of a file, or the problem with reading it. */
export type Decoded = { readonly text: string } | { readonly problem: LocatedProblem };

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark, as go-yaml does. The mark is dropped.
 *
 * @param file the path to report in a problem.
 */
export function decode(bytes: Buffer, file: string): Decoded {
  const utf16 = decodeUtf16(bytes);
  if (utf16 !== undefined) return withoutNul(utf16, file);
  if (!isUtf8(bytes)) return { problem: notUtf8(bytes, file) };
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return withoutNul(bytes.toString("utf8", start), file);
}

function decodeUtf16(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return undefined;
}

function withoutNul(text: string, file: string): Decoded {
  const offset = text.indexOf("\0");
  if (offset < 0) return { text };
  const message = "not valid YAML: it contains a NUL character";
  const help = "Save the file as UTF-8 text; UTF-16 needs a byte order mark.";
  return { problem: { rule: "schema/parse-error", pointer: "", message, help, file, ...positionAt(text, offset) } };
}

function notUtf8(bytes: Buffer, file: string): LocatedProblem {
  const offset = invalidAt(bytes);
  const byte = `0x${(bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
  const before = bytes.toString("utf8", 0, offset);
  return {
    rule: "schema/parse-error",
    pointer: "",
    message: `not valid UTF-8: byte ${byte} at offset ${offset}`,
    help: "Save the file as UTF-8; it may be Latin-1 (ISO 8859-1) or Windows-1252.",
    file,
    ...positionAt(before, before.length),
  };
}

/** The offset of the first invalid byte, found by bisection. */
function invalidAt(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, boundary(bytes, middle)))) good = middle;
    else bad = middle;
  }
  return boundary(bytes, good);
}

/** `end`, or the start of the character that it would cut in two. */
function boundary(bytes: Buffer, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] as number;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return back < lengthOf(byte) ? end - back : end;
  }
  return end;
}

function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
