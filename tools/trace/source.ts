import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { readEvents } from "../parse/events.ts";
import { keyOf, resolvePlain } from "../parse/scalar.ts";
import { type Chunk, splitDocuments } from "../parse/split.ts";
import { offsetOf } from "../parse/text.ts";
import { type Entry, type Inner, type Node, type Position, type Scalar, scalar } from "./node.ts";

/** The text of a file, or a text embedded in it, such as a patch in a block scalar. */
export interface Text {
  readonly file: string;
  readonly text: string;
  /** Where the text starts, if it is embedded. */
  readonly inner?: Inner;
  /** The position of everything in it, if its lines do not map one to one. */
  readonly fixed?: Position;
}

/** Larger documents are not worth reading just for a line number. */
const MAX_CHARACTERS = 4_000_000;

/** A document that consists of a document marker at most. */
const EMPTY = /^\s*(?:(?:---|\.\.\.)\s*)?$/;

/** The YAML documents of a text; each is read when first used. */
export class Documents {
  readonly #places: Places;
  readonly #chunks: readonly Chunk[];
  readonly #read = new Map<number, Node | undefined>();

  constructor(source: Text) {
    this.#places = new Places(source);
    this.#chunks = [...splitDocuments(source.text)];
  }

  all(): (Node | undefined)[] {
    return this.#chunks.map((_, index) => this.at(index));
  }

  /** The document with this index, counting empty documents; undefined if it is empty, too large or does not parse. */
  at(index: number): Node | undefined {
    if (!this.#read.has(index)) this.#read.set(index, this.#parse(this.#chunks[index]));
    return this.#read.get(index);
  }

  #parse(chunk: Chunk | undefined): Node | undefined {
    if (chunk === undefined || chunk.text.length > MAX_CHARACTERS || EMPTY.test(chunk.text)) return undefined;
    try {
      return new Reader(chunk.text, chunk.offset, this.#places).document();
    } catch {
      return undefined;
    }
  }
}

/** Converts offsets into a text to positions in its file. */
class Places {
  readonly source: Text;
  readonly #starts: number[] = [0];

  constructor(source: Text) {
    this.source = source;
    const { text } = source;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) this.#starts.push(end + 1);
  }

  at(offset: number): Position {
    const { file, inner, fixed } = this.source;
    if (fixed) return fixed;
    const line = this.#lineOf(offset);
    const column = offset - (this.#starts[line] ?? 0) + 1;
    return { file, line: line + (inner?.line ?? 1), column: column + (inner?.column ?? 0) };
  }

  /** The 0-based index of the last line that starts at or before the offset. */
  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Reads a document from js-yaml's events; an alias becomes the same node as its anchor. */
class Reader {
  readonly #text: string;
  readonly #offset: number;
  readonly #original: (offset: number) => number;
  readonly #places: Places;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Node>();
  #next = 0;

  constructor(text: string, offset: number, places: Places) {
    const read = readEvents(text);
    this.#text = read.text;
    this.#events = read.events;
    this.#original = read.original;
    this.#offset = offset;
    this.#places = places;
  }

  document(): Node | undefined {
    if (this.#events[this.#next]?.type === EVENT_ID.DOCUMENT) this.#next++;
    const first = this.#events[this.#next];
    const isEmpty = first === undefined || (first.type === EVENT_ID.SCALAR && first.valueStart < 0);
    return isEmpty ? undefined : this.#node(this.#at(0));
  }

  /** Reads a node. A node without text (the value of a key without one) gets the position `fallback`. */
  #node(fallback: Position): Node {
    const event = this.#events[this.#next++];
    if (event === undefined) throw new RangeError("the document ends too early");
    const offset = offsetOf(event);
    const at = offset === undefined ? fallback : this.#at(offset);
    if (event.type === EVENT_ID.ALIAS) return this.#anchors.get(this.#slice(event)) ?? scalar(null, at);
    const node = this.#unnamed(event, at);
    if ("anchorStart" in event && event.anchorStart >= 0) this.#anchors.set(this.#slice(event), node);
    return node;
  }

  #unnamed(event: Event, at: Position): Node {
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event, at);
    if (event.type === EVENT_ID.MAPPING) return this.#map(at);
    const items: Node[] = [];
    while (!this.#ends()) items.push(this.#node(at));
    return { kind: "list", at, items };
  }

  #map(at: Position): Node {
    const entries = new Map<string, Entry>();
    const merged: Node[] = [];
    while (!this.#ends()) {
      const offset = offsetOf(this.#events[this.#next]);
      const keyAt = offset === undefined ? at : this.#at(offset);
      const key = this.#node(keyAt);
      const value = this.#node(keyAt);
      const name = key.kind === "scalar" ? (keyOf(key.value) ?? "") : "";
      if (name === "<<") merged.push(value);
      else entries.set(name, { at: keyAt, value });
    }
    for (const value of merged) fillIn(entries, value);
    return { kind: "map", at, entries };
  }

  /** Whether the collection ends here; if so, moves past its end. */
  #ends(): boolean {
    const type = this.#events[this.#next]?.type;
    if (type !== EVENT_ID.POP && type !== undefined) return false;
    this.#next++;
    return true;
  }

  #scalar(event: ScalarEvent, at: Position): Node {
    const written = getScalarValue(this.#text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
    const value: Scalar = isPlain ? (resolvePlain(written) as Scalar) : written;
    const inner = typeof value === "string" ? this.#inner(event, value) : undefined;
    return inner ? { ...scalar(value, at), inner } : scalar(value, at);
  }

  /** Where the text of a scalar is; undefined if its lines are not those of the file. */
  #inner(event: ScalarEvent, value: string): Inner | undefined {
    if (this.#places.source.fixed || event.valueStart < 0) return undefined;
    const start = this.#at(event.valueStart);
    if (event.style === SCALAR_STYLE.LITERAL_BLOCK) {
      return { line: start.line, column: event.indent + (this.#places.source.inner?.column ?? 0) };
    }
    const verbatim = this.#text.slice(event.valueStart, event.valueEnd) === value && !value.includes("\n");
    return verbatim ? { line: start.line, column: start.column - 1 } : undefined;
  }

  #slice({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string {
    return this.#text.slice(anchorStart, anchorEnd);
  }

  #at(offset: number): Position {
    return this.#places.at(this.#offset + this.#original(offset));
  }
}

/** Adds the keys of a merged map (`<<: *defaults`) that the map itself does not have. */
function fillIn(entries: Map<string, Entry>, value: Node): void {
  if (value.kind === "list") for (const item of value.items) fillIn(entries, item);
  if (value.kind !== "map") return;
  for (const [key, entry] of value.entries) if (!entries.has(key)) entries.set(key, entry);
}
