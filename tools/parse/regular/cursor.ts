/** Thrown to leave a document to the parser for all of YAML; not an Error, whose stack trace would be slow. */
export const irregular = Symbol("irregular");

export const newline = 0x0a;
export const space = 0x20;
export const hash = 0x23;
export const dash = 0x2d;
export const colon = 0x3a;

/** A position in a text that moves from line to line; the column of a line tells what it belongs to. */
export class Cursor {
  readonly text: string;
  /** The first character not read yet; at the start of a line, the first character of its content. */
  at = 0;
  /** The indentation of the line whose content starts at `at`; -1 after the last line. */
  column = 0;

  constructor(text: string) {
    this.text = text;
    this.toContent();
  }

  /** Whether the cursor is at a dash that starts an item. */
  isItem(): boolean {
    return this.text.charCodeAt(this.at) === dash && this.isBlankAt(this.at + 1);
  }

  /** Whether the rest of the line is empty or a comment, if a blank precedes the cursor. */
  isEndOfLine(): boolean {
    const char = this.text.charCodeAt(this.at);
    return char === newline || char === hash || this.at >= this.text.length;
  }

  isBlankAt(at: number): boolean {
    const char = this.text.charCodeAt(at);
    return char === space || char === newline || at >= this.text.length;
  }

  endOfSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === space) at++;
    return at;
  }

  skipSpaces(): void {
    this.at = this.endOfSpaces(this.at);
  }

  /** Moves from the end of a value to the next line with content. */
  endLine(): void {
    if (!this.isBlankAt(this.at) && this.text.charCodeAt(this.at - 1) !== space) throw irregular;
    this.skipSpaces();
    if (!this.isEndOfLine()) throw irregular;
    const end = this.text.indexOf("\n", this.at);
    this.at = end < 0 ? this.text.length : end + 1;
    this.toContent();
  }

  /** Moves from the start of a line to the first character at or below it that is neither blank nor in a comment. */
  toContent(): void {
    const { length } = this.text;
    for (;;) {
      const at = this.endOfSpaces(this.at);
      const char = this.text.charCodeAt(at);
      if (at < length && char !== newline && char !== hash) {
        this.column = at - this.at;
        this.at = at;
        return;
      }
      const end = this.text.indexOf("\n", at);
      if (end < 0) break;
      this.at = end + 1;
    }
    this.at = length;
    this.column = -1;
  }
}
