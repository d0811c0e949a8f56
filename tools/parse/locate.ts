import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { type Events, readEvents } from "./events.ts";
import { keyOf, resolvePlain } from "./scalar.ts";
import { offsetOf } from "./text.ts";

/** The offset within a document of the value at a pointer's tokens, or of its nearest existing parent. */
export type Locate = (path: readonly string[]) => number;

/** A document with its events. */
interface Indexed extends Events {
  /** The contents of the collections looked up so far, by the index of their event: findings come many at a time. */
  readonly collections: Map<number, Collection>;
}

interface Collection {
  /** The last entry of each key, which is the one that counts. */
  readonly entries: ReadonlyMap<string, Step>;
  readonly items: readonly number[];
  /** The values of the keys `<<`. */
  readonly merges: readonly number[];
}

/** Locates values in any document that js-yaml reads. */
export function locateByEvents(text: string): Locate {
  const document: Indexed = { collections: new Map(), ...eventsOf(text) };
  return (path) => document.original(locate(document, path));
}

/** A document that does not parse has no events, so that everything is at its start. */
function eventsOf(text: string): Events {
  try {
    return readEvents(text);
  } catch {
    return { text, events: [], original: (offset) => offset };
  }
}

function locate(document: Indexed, path: readonly string[]): number {
  let at = 1;
  let offset = placeOf(document, at) ?? firstContent(document.text);
  for (const token of path) {
    const step = stepInto(document, at, token);
    if (step === undefined) break;
    offset = placeOf(document, step.place) ?? offset;
    at = step.value;
  }
  return offset;
}

/** The offset of a node. js-yaml gives the first line of a block scalar, but its `|` or `>` is on the line before. */
function placeOf({ events, text }: Indexed, at: number): number | undefined {
  const event = events[at];
  const offset = offsetOf(event);
  if (offset === undefined || event?.type !== EVENT_ID.SCALAR || !isBlock(event)) return offset;
  const line = text.lastIndexOf("\n", offset - 2) + 1;
  const header = /[|>][-+0-9]{0,2}(?=[ \t]*(?:[ \t]#[^\n]*)?\r?\n?$)/.exec(text.slice(line, offset));
  return header === null ? offset : line + header.index;
}

function isBlock({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
}

function firstContent(text: string): number {
  return Math.max(0, text.search(/[^\s-]/));
}

/** Indexes of events: the place to point to, and the value there. */
interface Step {
  readonly place: number;
  readonly value: number;
}

function stepInto(document: Indexed, from: number, token: string): Step | undefined {
  const at = dereference(document, from);
  const event = document.events[at];
  if (event?.type === EVENT_ID.MAPPING) return entry(document, at, token);
  if (event?.type === EVENT_ID.SEQUENCE && /^\d+$/.test(token)) return item(document, at, Number(token));
  return undefined;
}

function item(document: Indexed, sequence: number, index: number): Step | undefined {
  const at = collectionAt(document, sequence).items[index];
  return at === undefined ? undefined : { place: at, value: at };
}

/** The entry with that key, from the mapping itself or else from a mapping merged into it. */
function entry(document: Indexed, mapping: number, token: string): Step | undefined {
  const { entries, merges } = collectionAt(document, mapping);
  let found = entries.get(token);
  for (const source of merges.toReversed()) found ??= mergedEntry(document, source, token);
  return found;
}

function collectionAt(document: Indexed, at: number): Collection {
  let known = document.collections.get(at);
  if (known === undefined) {
    known = document.events[at]?.type === EVENT_ID.MAPPING ? mappingAt(document, at) : sequenceAt(document, at);
    document.collections.set(at, known);
  }
  return known;
}

function sequenceAt(document: Indexed, sequence: number): Collection {
  const items: number[] = [];
  for (let at = sequence + 1; !isEnd(document, at); at = after(document, at)) items.push(at);
  return { entries: new Map(), items, merges: [] };
}

function mappingAt(document: Indexed, mapping: number): Collection {
  const entries = new Map<string, Step>();
  const merges: number[] = [];
  for (let at = mapping + 1; !isEnd(document, at); ) {
    const value = after(document, at);
    const key = keyAt(document, at);
    if (key === "<<") merges.push(value);
    else if (key !== undefined) entries.set(key, { place: at, value });
    at = after(document, value);
  }
  return { entries, items: [], merges };
}

function mergedEntry(document: Indexed, source: number, token: string): Step | undefined {
  const at = dereference(document, source);
  const type = document.events[at]?.type;
  if (type === EVENT_ID.MAPPING) return entry(document, at, token);
  if (type !== EVENT_ID.SEQUENCE) return undefined;
  for (const next of collectionAt(document, at).items) {
    const found = mergedEntry(document, next, token);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keyAt(document: Indexed, at: number): string | undefined {
  const event = document.events[dereference(document, at)];
  if (event?.type !== EVENT_ID.SCALAR) return undefined;
  const text = getScalarValue(document.text, event);
  return event.style === 1 && event.tagStart < 0 ? keyOf(resolvePlain(text)) : text;
}

function isEnd(document: Indexed, at: number): boolean {
  const type = document.events[at]?.type;
  return type === undefined || type === EVENT_ID.POP;
}

/** The index of the event that follows a whole node. */
function after(document: Indexed, at: number): number {
  let depth = 0;
  for (let next = at; next < document.events.length; next++) {
    const type = document.events[next]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth <= 0) return next + 1;
  }
  return document.events.length;
}

/** The index of the node that an alias refers to; for any other event, its own index. */
function dereference(document: Indexed, at: number): number {
  const event = document.events[at];
  if (event?.type !== EVENT_ID.ALIAS) return at;
  const name = document.text.slice(event.anchorStart, event.anchorEnd);
  for (let before = at - 1; before > 0; before--) {
    const candidate = document.events[before];
    if (candidate && isAnchor(candidate, name, document.text)) return before;
  }
  return at;
}

function isAnchor(event: Event, name: string, text: string): boolean {
  if (event.type === EVENT_ID.ALIAS || !("anchorStart" in event)) return false;
  return text.slice((event as ScalarEvent).anchorStart, (event as ScalarEvent).anchorEnd) === name;
}
