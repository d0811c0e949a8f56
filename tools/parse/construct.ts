import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Repeated, withSeparators } from "./joined.ts";
import { keyOf, resolvePlain, resolveTagged } from "./scalar.ts";
import { offsetOf } from "./text.ts";

/** A fault in a document, at an offset into its text in UTF-16 code units. */
export interface Fault {
  readonly rule: "schema/parse-error" | "schema/duplicate-key";
  readonly message: string;
  readonly help?: string;
  readonly offset: number;
}

/** Aborts the construction of an invalid document. */
export class Faulty extends Error {
  readonly fault: Fault;
  constructor(message: string, offset: number) {
    super(message);
    this.fault = faultAt(offset, message);
  }
}

/** A parse error at an offset. */
export function faultAt(offset: number, message: string): Fault {
  return { rule: "schema/parse-error", message, offset };
}

interface Anchored {
  readonly value: Json;
  /** The number of nodes, with the aliases within it expanded. */
  readonly size: number;
}

interface State {
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
  readonly anchors: Map<string, Anchored | "open">;
  /** The nodes constructed so far, and how many of them came from aliases. */
  nodes: number;
  aliased: number;
  readonly duplicates: Repeated[];
  /** Within `[…]` or `{…}`. */
  inFlow: boolean;
}

/** The value of a document: undefined if it is empty or if a parse error is among its faults. */
interface Constructed {
  readonly value: Json | undefined;
  readonly faults: readonly Fault[];
}

/**
 * Builds the value of a document from js-yaml's events. js-yaml's own constructor stops at the first duplicate key,
 * lacks go-yaml's scalars and its alias limit, and reports no positions.
 */
export function construct(text: string, events: readonly Event[]): Constructed {
  const state: State = {
    text,
    events,
    next: 0,
    anchors: new Map(),
    nodes: 0,
    aliased: 0,
    duplicates: [],
    inFlow: false,
  };
  try {
    const value = root(state);
    return { value, faults: state.duplicates.length > 1 ? withSeparators(state.duplicates, value) : state.duplicates };
  } catch (error) {
    if (error instanceof Faulty) return { value: undefined, faults: [...state.duplicates, error.fault] };
    throw error;
  }
}

function root(state: State): Json | undefined {
  const first = state.events[state.next++];
  if (first === undefined || isEmpty(state.events[1])) return undefined;
  return node(state);
}

/** Whether the event is the scalar of an empty document: no text, no quotes, no tag. */
function isEmpty(event: Event | undefined): boolean {
  return event?.type === EVENT_ID.SCALAR && event.valueStart < 0 && event.tagStart < 0;
}

function node(state: State): Json {
  const event = state.events[state.next++] as Event;
  state.nodes++;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.anchorStart < 0 ? scalar(state, event) : anchored(state, event, scalar);
    case EVENT_ID.MAPPING:
      return collection(state, event, mapping);
    case EVENT_ID.SEQUENCE:
      return collection(state, event, sequence);
    case EVENT_ID.ALIAS:
      return alias(state, event.anchorStart, event.anchorEnd);
    default:
      throw new Error(`unexpected event ${event.type}`);
  }
}

type Collection = MappingEvent | SequenceEvent;
type Node = ScalarEvent | Collection;

function collection(state: State, event: Collection, read: (state: State) => Json): Json {
  const outer = state.inFlow;
  state.inFlow ||= event.style === COLLECTION_STYLE.FLOW;
  const value = event.anchorStart < 0 ? read(state) : anchored(state, event, read);
  state.inFlow = outer;
  return value;
}

function anchored<E extends Node>(state: State, event: E, read: (state: State, event: E) => Json): Json {
  const name = state.text.slice(event.anchorStart, event.anchorEnd);
  const before = state.nodes;
  state.anchors.set(name, "open");
  const value = read(state, event);
  state.anchors.set(name, { value, size: state.nodes - before + 1 });
  return value;
}

function alias(state: State, start: number, end: number): Json {
  const name = state.text.slice(start, end);
  const anchor = state.anchors.get(name);
  if (anchor === undefined) throw new Faulty(`the alias *${name} has no anchor &${name} before it`, start);
  if (anchor === "open") throw new Faulty(`the anchor &${name} contains itself`, start);
  state.nodes += anchor.size;
  state.aliased += anchor.size;
  if (isExcessive(state)) throw new Faulty(`the alias *${name} makes the document excessively large`, start);
  return clone(anchor.value);
}

/** go-yaml's limit (decode.go): aliases may provide nearly all of a few nodes, but only a tenth of four million. */
function isExcessive(state: State): boolean {
  if (state.aliased <= 100 || state.nodes <= 1000) return false;
  const share = Math.min(1, Math.max(0, (state.nodes - 400_000) / 3_600_000));
  return state.aliased / state.nodes > 0.99 - 0.89 * share;
}

/** A deep copy. It keeps a document with aliases a tree, so that no object occurs twice in it. */
function clone(value: Json): Json {
  if (Array.isArray(value)) return value.map(clone);
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) set(copy, key, clone(value[key] as Json));
  return copy;
}

/** Sets a property. For the key `__proto__`, a plain assignment would set the prototype. */
function set(object: JsonObject, key: string, value: Json): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function sequence(state: State): Json {
  const items: Json[] = [];
  while (state.events[state.next]?.type !== EVENT_ID.POP) items.push(node(state));
  state.next++;
  return items;
}

function mapping(state: State): Json {
  const object: JsonObject = {};
  let merged: Set<string> | undefined;
  for (;;) {
    const event = state.events[state.next] as Event;
    if (event.type === EVENT_ID.POP) break;
    if (isMerge(state, event)) {
      state.next++;
      merged = merge(state, object, merged ?? new Set());
      continue;
    }
    const key = readKey(state, event);
    if (Object.hasOwn(object, key) && !merged?.delete(key)) duplicate(state, key, event, object);
    set(object, key, node(state));
  }
  state.next++;
  return object;
}

/** The most findings for one document; more would only bury the other findings. */
const maxDuplicates = 100;

function duplicate(state: State, key: string, event: Event, of: JsonObject): void {
  const count = state.duplicates.length;
  if (count > maxDuplicates) return;
  const name = key.length > 100 ? `${key.slice(0, 100)}…` : key;
  const repeated = `the key "${name}" is repeated in the same mapping; only the last one counts`;
  const message = count < maxDuplicates ? repeated : "more keys are repeated than are listed here";
  state.duplicates.push({ rule: "schema/duplicate-key", message, offset: startOf(event), key, of });
}

function isMerge(state: State, event: Event): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return false;
  if (event.valueEnd - event.valueStart !== 2 || !state.text.startsWith("<<", event.valueStart)) return false;
  return event.tagStart < 0 || tagOf(state, event) === "!!merge";
}

/** Merges the keys of one mapping, or of several, where the first one wins; returns the keys that came from merges. */
function merge(state: State, object: JsonObject, merged: Set<string>): Set<string> {
  const event = state.events[state.next];
  const offset = startOf(event);
  const value = node(state);
  const several = Array.isArray(value) && event?.type !== EVENT_ID.ALIAS;
  for (const source of several ? value.toReversed() : [value]) {
    if (!isObject(source)) throw new Faulty("<< must be a mapping or a list of mappings", offset);
    for (const key of Object.keys(source)) {
      set(object, key, source[key] as Json);
      merged.add(key);
    }
  }
  return merged;
}

function readKey(state: State, event: Event): string {
  const value = node(state);
  const key = typeof value === "string" ? value : keyOf(value);
  if (key !== undefined) return key;
  throw new Faulty(`a key must be a string, not ${value === null ? "null" : "a collection"}`, startOf(event));
}

function startOf(event: Event | undefined): number {
  return offsetOf(event) ?? 0;
}

function scalar(state: State, event: ScalarEvent): Json {
  const text = textOf(state, event);
  const plain = event.style === SCALAR_STYLE.PLAIN;
  if (plain && state.inFlow && isRefusedInFlow(text))
    throw new Faulty(`"${text.slice(0, 100)}" must be quoted within [] and {}`, startOf(event));
  if (event.tagStart < 0) return plain ? finite(resolvePlain(text), event) : text;
  const tag = tagOf(state, event);
  const value = resolveTagged(tag, text, plain);
  if (value === undefined) throw new Faulty(`"${text.slice(0, 100)}" is not a valid ${tag}`, startOf(event));
  return finite(value, event);
}

/** There, go-yaml reads `?` and a leading `:` as indicators (`yaml_parser_fetch_next_token`, `…_scan_plain_scalar`). */
function isRefusedInFlow(text: string): boolean {
  return text.startsWith(":") || text.includes("?");
}

/** Lone surrogates from escapes: JSON in Go replaces them (`unquote` in encoding/json). */
const halves = /\p{Surrogate}/gu;

/** The text of a scalar. If the file ends without a line break, so does go-yaml's block scalar at its end. */
function textOf(state: State, event: ScalarEvent): string {
  const text = getScalarValue(state.text, event);
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) return text.replace(halves, "\ufffd");
  if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) return text;
  const cut = event.valueEnd >= state.text.length && !state.text.endsWith("\n") && text.endsWith("\n");
  return cut ? text.slice(0, -1) : text;
}

/** Rejects infinities and NaN: the API server receives objects as JSON, which has neither. */
function finite(value: Json, event: ScalarEvent): Json {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new Faulty(`Kubernetes objects cannot contain the number ${value}; quote it if it is text`, startOf(event));
}

const standard = "tag:yaml.org,2002:";

/** The tag in its short form: `!!int`, `!mine`; `!` alone is `!!str`. */
function tagOf(state: State, event: ScalarEvent): string {
  const raw = state.text.slice(event.tagStart, event.tagEnd);
  if (raw === "!") return "!!str";
  const verbatim = raw.startsWith("!<") ? raw.slice(2, -1) : raw;
  return verbatim.startsWith(standard) ? `!!${verbatim.slice(standard.length)}` : verbatim;
}
