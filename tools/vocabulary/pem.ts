/** One block of PEM (RFC 7468), such as a certificate. */
export interface PemBlock {
  /** `CERTIFICATE` */
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly bytes: Uint8Array;
}

const begin = /-----BEGIN ([^\n]*?)-----[ \t\r]*\n/y;

/** The PEM blocks of a text, in order. Like Go's decoder, it skips malformed blocks and text between blocks. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let from = 0; ; ) {
    const end = text.indexOf("\n-----END ", from);
    if (end < 0) return blocks;
    const block = blockBefore(text, from, end);
    if (block !== undefined) blocks.push(block);
    from = end + 1;
  }
}

/** The block whose END line starts after `end`. It starts at the last BEGIN line before. */
function blockBefore(text: string, from: number, end: number): PemBlock | undefined {
  const start = from + text.slice(from, end).lastIndexOf("-----BEGIN ");
  if (start < from || (start > 0 && text[start - 1] !== "\n")) return undefined;
  begin.lastIndex = start;
  const match = begin.exec(text);
  if (match === null) return undefined;
  const [line, type = ""] = match;
  if (!closes(text.slice(end + 1), type)) return undefined;
  const lines = text.slice(start + line.length, Math.max(end, start + line.length)).split("\n");
  const headers = lines.findIndex((one) => !one.includes(":"));
  const bytes = decoded(lines.slice(Math.max(headers, 0)).join(""));
  return bytes === undefined ? undefined : { type, hasHeaders: headers > 0, bytes };
}

function closes(rest: string, type: string): boolean {
  const expected = `-----END ${type}-----`;
  return rest.startsWith(expected) && /^[ \t\r]*(\n|$)/.test(rest.slice(expected.length));
}

function decoded(text: string): Uint8Array | undefined {
  const plain = text.replace(/[ \t\r]/g, "");
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined;
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}

/** Decodes base64 to a text with one character per byte; undefined if it is not base64. */
export function textOfBase64(text: string): string | undefined {
  const plain = text.replace(/[\r\n]/g, "");
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined;
  return atob(plain);
}
