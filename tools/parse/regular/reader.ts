import type { Json, JsonObject } from "../../core/json.ts";
import { keyOf, resolvePlain } from "../scalar.ts";
import { Cursor, colon, irregular } from "./cursor.ts";
import { readLiteral } from "./literal.ts";
import { readPlain } from "./plain.ts";
import { endOfQuoted, isQuote, readQuoted } from "./quoted.ts";

/** Where the entries of an object, or the items of a list, start: offsets into the document in UTF-16 code units. */
export type Starts = Map<object, Map<string, number> | number[]>;

/** The value of a document, and the offset where it starts. */
export interface Root {
  readonly value: Json;
  readonly start: number;
}

/** The deepest nesting that is read here; deeper documents are left to the parser for all of YAML. */
const maxDepth = 100;

const bracket = 0x5b;
const brace = 0x7b;
const bar = 0x7c;

/** The characters of a plain key, by code: common characters that are never indicators. */
const inKey = new Uint8Array(128);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-$") inKey[char.charCodeAt(0)] = 1;

/** Reads a document, and tells its collections apart by the columns of their lines. */
export class Reader {
  readonly #cursor: Cursor;
  readonly #starts: Starts | undefined;
  #depth = 0;

  /** @param starts receives the offsets of the entries and items. */
  constructor(text: string, starts?: Starts) {
    this.#cursor = new Cursor(text);
    this.#starts = starts;
  }

  /**
   * The document; undefined if it is empty.
   *
   * @throws {@link irregular}
   */
  document(): Root | undefined {
    const cursor = this.#cursor;
    if (cursor.column === 0 && cursor.text.startsWith("---", cursor.at)) {
      cursor.at += 3;
      cursor.endLine();
    }
    if (cursor.column < 0) return undefined;
    const start = cursor.at;
    const value = this.#block();
    if (cursor.column >= 0) throw irregular;
    return { value, start };
  }

  /** Reads the collection that starts on this line. */
  #block(): Json {
    if (++this.#depth > maxDepth) throw irregular;
    const { column } = this.#cursor;
    const value = this.#cursor.isItem() ? this.#sequence(column) : this.#mapping(column);
    if (this.#cursor.column > column) throw irregular;
    this.#depth--;
    return value;
  }

  #mapping(column: number): JsonObject {
    const cursor = this.#cursor;
    const object: JsonObject = {};
    const starts = this.#starts && new Map<string, number>();
    while (cursor.column === column && !cursor.isItem()) {
      const start = cursor.at;
      const key = this.#key();
      if (Object.hasOwn(object, key)) throw irregular;
      object[key] = this.#value(column);
      starts?.set(key, start);
    }
    if (starts) this.#starts?.set(object, starts);
    return object;
  }

  /** Reads the value after a key, or on the lines below it; a sequence may be in the same column as its key. */
  #value(column: number): Json {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    if (!cursor.isEndOfLine()) return this.#scalar(column);
    cursor.endLine();
    const isBelow = cursor.column > column || (cursor.column === column && cursor.isItem());
    return isBelow ? this.#block() : null;
  }

  #sequence(column: number): Json[] {
    const items: Json[] = [];
    const starts: number[] = [];
    while (this.#cursor.column === column && this.#cursor.isItem()) items.push(this.#item(column, starts));
    this.#starts?.set(items, starts);
    return items;
  }

  #item(column: number, starts: number[]): Json {
    const cursor = this.#cursor;
    const from = cursor.at++;
    cursor.skipSpaces();
    if (cursor.isEndOfLine()) {
      cursor.endLine();
      if (cursor.column <= column) throw irregular;
    } else {
      cursor.column = column + cursor.at - from;
    }
    starts.push(cursor.at);
    return cursor.isItem() || this.#isEntry() ? this.#block() : this.#scalar(column);
  }

  /** Whether the cursor is at a key rather than a scalar. */
  #isEntry(): boolean {
    const { text, at } = this.#cursor;
    const end = isQuote(text.charCodeAt(at)) ? endOfQuoted(text, at) : this.#endOfKey();
    return text.charCodeAt(end) === colon && this.#cursor.isBlankAt(end + 1);
  }

  /** Reads a key. `__proto__`, which would set the prototype, is left to the parser for all of YAML. */
  #key(): string {
    const cursor = this.#cursor;
    const key = isQuote(cursor.text.charCodeAt(cursor.at)) ? readQuoted(cursor) : this.#plainKey();
    if (key === undefined || key === "__proto__") throw irregular;
    if (cursor.text.charCodeAt(cursor.at) !== colon || !cursor.isBlankAt(cursor.at + 1)) throw irregular;
    cursor.at++;
    return key;
  }

  #plainKey(): string | undefined {
    const text = this.#cursor.text.slice(this.#cursor.at, this.#endOfKey());
    this.#cursor.at += text.length;
    return keyOf(resolvePlain(text));
  }

  #endOfKey(): number {
    const { text } = this.#cursor;
    let end = this.#cursor.at;
    while (inKey[text.charCodeAt(end)] === 1) end++;
    return end;
  }

  /** @param column of the collection that contains it: its own lines are further right. */
  #scalar(column: number): Json {
    const cursor = this.#cursor;
    const first = cursor.text.charCodeAt(cursor.at);
    if (first === bar) return readLiteral(cursor, column);
    const value = this.#flow(first, column);
    cursor.skipSpaces();
    cursor.endLine();
    if (cursor.column > column) throw irregular;
    return value;
  }

  #flow(first: number, column: number): Json {
    if (isQuote(first)) return readQuoted(this.#cursor, column);
    if (first === bracket || first === brace) return this.#empty(first);
    return readPlain(this.#cursor, column);
  }

  #empty(first: number): Json {
    const cursor = this.#cursor;
    const isEmpty = cursor.text.charCodeAt(cursor.at + 1) === first + 2;
    if (!isEmpty) throw irregular;
    cursor.at += 2;
    return first === bracket ? [] : {};
  }
}
