/** A YAML document of a text. */
export interface Chunk {
  /** 0-based, counting all documents, including empty ones. */
  readonly index: number;
  readonly text: string;
  /** The offset of its first character within the whole text, in UTF-16 code units. */
  readonly offset: number;
}

/**
 * Splits a text into its YAML documents. A `---` or `...` at the start of a line always ends a document, even in a
 * quoted or block scalar (YAML 1.2, c-forbidden), so no parser is needed, and a document that does not parse does not
 * hide the others. Comments and directives before the first `---` belong to the document that it opens.
 */
export function* splitDocuments(text: string): Generator<Chunk> {
  let index = 0;
  let start = 0;
  for (const mark of marks(text)) {
    if (mark.opens && isPreamble(text, start, mark.start)) continue;
    const end = mark.opens ? mark.start : mark.end;
    yield { index: index++, text: text.slice(start, end), offset: start };
    start = end;
  }
  if (index === 0 || !isPreamble(text, start, text.length)) yield { index, text: text.slice(start), offset: start };
}

interface Mark {
  readonly opens: boolean;
  readonly start: number;
  readonly end: number;
}

/** The lines that are `---` (with or without content after it) or `...`. */
function* marks(text: string): Generator<Mark> {
  for (let start = text.charCodeAt(0) === 0xfeff ? 1 : 0; start >= 0 && start < text.length; ) {
    const char = text.charCodeAt(start);
    if ((char === dash || char === dot) && isMark(text, start, char)) {
      const newline = text.indexOf("\n", start);
      yield { opens: char === dash, start, end: newline < 0 ? text.length : newline + 1 };
    }
    start = nextMark(text, start);
  }
}

const dash = 0x2d;
const dot = 0x2e;

function isMark(text: string, start: number, char: number): boolean {
  if (text.charCodeAt(start + 1) !== char || text.charCodeAt(start + 2) !== char) return false;
  const after = text.charAt(start + 3);
  return after === "" || after === " " || after === "\t" || after === "\n" || after === "\r";
}

const lineOfMark = /\n(?=---|\.\.\.)/g;

/** The start of the next line that begins with `---` or `...`. */
function nextMark(text: string, from: number): number {
  lineOfMark.lastIndex = from;
  return lineOfMark.test(text) ? lineOfMark.lastIndex : -1;
}

/** A comment, a directive or a blank line; the last line may lack a line break. */
const lineOfPreamble = /(?:[ \t]*(?:#[^\n]*)?\r?|%[^\n]*)\n|[ \t]*(?:#[^\n]*)?$/y;

/** Whether there are only comments, directives and blank lines, without a `---`. */
function isPreamble(text: string, start: number, end: number): boolean {
  let at = start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
  if (at < end && text.startsWith("---", at)) return false;
  for (; at < end; at = lineOfPreamble.lastIndex) {
    lineOfPreamble.lastIndex = at;
    if (!lineOfPreamble.test(text)) return false;
  }
  return true;
}
