/** Thrown where a document is left to a parser for all of YAML; no error, so that it costs nothing. */
export const irregular = Symbol("irregular");

export const newline = 0x0a;
export const space = 0x20;
export const hash = 0x23;
export const dash = 0x2d;
export const colon = 0x3a;

/** A place in a text, that moves from line to line: what a line belongs to, its column says. */
export class Cursor {
  readonly text: string;
  /** The first character that is not read yet; once a line is begun, the first one of its content. */
  at = 0;
  /** How far the line is indented that starts at `at`; -1 behind the last one. */
  column = 0;

  constructor(text: string) {
    this.text = text;
    this.toContent();
  }

  /** At a dash that makes an item. */
  isItem(): boolean {
    return this.text.charCodeAt(this.at) === dash && this.isBlankAt(this.at + 1);
  }

  /** Whether nothing follows, on this line, but perhaps a comment; at a character with a blank before it. */
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

  /** From the end of what was read to the next line with content. */
  endLine(): void {
    if (!this.isBlankAt(this.at) && this.text.charCodeAt(this.at - 1) !== space) throw irregular;
    this.skipSpaces();
    if (!this.isEndOfLine()) throw irregular;
    const end = this.text.indexOf("\n", this.at);
    this.at = end < 0 ? this.text.length : end + 1;
    this.toContent();
  }

  /** From the start of a line to the first character, there or further down, that is neither blank nor in a comment. */
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
