import { COLLECTION_STYLE, EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { type Fault, faultAt } from "./construct.ts";
import type { Events } from "./events.ts";
import { endOfFlow } from "./flow.ts";

/**
 * Finds what js-yaml accepts but go-yaml, which kubectl and kustomize use, rejects: characters, directives, escapes,
 * tabs and line breaks (`yaml_parser_update_buffer`, `…_scan_directive`, `…_scan_flow_scalar`, `…_scan_to_next_token`,
 * `…_scan_plain_scalar`, `…_scan_block_scalar_breaks`, `is_break`).
 *
 * @returns the first fault, with an offset into the document's own text.
 */
export function refusedByGo(document: string, { text, events, original }: Events): Fault | undefined {
  const control = unprintable.exec(document);
  if (control !== null)
    return faultAt(control.index, "control characters are not allowed; use an escape sequence in double quotes");
  const directive = directives.exec(document);
  if (directive !== null) return faultAt(directive[0].length - 1, "a directive is not allowed before ---; remove it");
  const spans = spansOf(text, events);
  const found = escapesIn(text, spans) ?? tabsIn(text, spans) ?? breaksIn(text, spans);
  return found && { ...found, offset: original(found.offset) };
}

/** js-yaml rejects the other control characters. */
const unprintable = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** kubectl and kustomize split a file at each `---`: only comments may precede the first `---`. */
const directives = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*%/;

/** A scalar, or an outermost flow collection. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Undefined for a flow collection. */
  readonly scalar: ScalarEvent | undefined;
  /** The column of the innermost block collection around it; -1 if there is none. */
  readonly column: number;
}

function spansOf(text: string, events: readonly Event[]): Span[] {
  const spans: Span[] = [];
  const columns = [-1];
  let flowEnd = -1;
  for (const event of events) {
    const column = columns.at(-1) ?? -1;
    if (event.type === EVENT_ID.POP) columns.pop();
    else if (event.type === EVENT_ID.DOCUMENT) columns.push(column);
    else if (event.type === EVENT_ID.SCALAR) {
      if (event.valueStart > flowEnd)
        spans.push({ start: event.valueStart, end: event.valueEnd, scalar: event, column });
    } else if (event.type !== EVENT_ID.ALIAS) {
      const isBlock = event.style === COLLECTION_STYLE.BLOCK;
      columns.push(isBlock ? columnOf(text, event.start) : column);
      if (isBlock || event.start <= flowEnd) continue;
      flowEnd = endOfFlow(text, event.start + 1);
      spans.push({ start: event.start, end: flowEnd, scalar: undefined, column });
    }
  }
  return spans.filter(({ start }) => start >= 0).sort((a, b) => a.start - b.start);
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

const refusedEscape = /\\(?:\/|u[dD][89a-fA-F])/;
const escapes = /\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs;

/** JSON has escapes that YAML 1.1 lacks; kubectl reads JSON as JSON. */
function escapesIn(text: string, spans: readonly Span[]): Fault | undefined {
  if (/^\s*[[{]/.test(text) || !refusedEscape.test(text)) return undefined;
  for (const { start, end, scalar } of spans) {
    if (scalar !== undefined && scalar.style !== SCALAR_STYLE.DOUBLE_QUOTED) continue;
    for (const { 0: found, index } of text.slice(start, end).matchAll(escapes)) {
      if (found === "\\/") return faultAt(start + index, "YAML 1.1 has no escape \\/; write a plain /");
      if (found.length > 2)
        return faultAt(start + index, `${found} is only half of a character; use \\U with eight digits`);
    }
  }
  return undefined;
}

/** The line breaks of YAML 1.1 that YAML 1.2 takes for ordinary characters, and the rest of the line that they begin. */
const oldBreak = /[\x85\u2028\u2029]([^\n\r\x85\u2028\u2029]*)/g;

/** A break within quotes stays part of the value; elsewhere, what follows it is read as a line of its own. */
function breaksIn(text: string, spans: readonly Span[]): Fault | undefined {
  for (const { 0: found, 1: rest = "", index } of text.matchAll(oldBreak)) {
    if (
      isHarmless(
        rest,
        spans.find(({ start, end }) => start <= index && index < end),
      )
    )
      continue;
    const name = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const what = `${name}, an invisible character, begins a new line for kubectl and kustomize`;
    return faultAt(index, `${what}; remove it, or write it as an escape sequence in double quotes`);
  }
  return undefined;
}

function isHarmless(rest: string, within: Span | undefined): boolean {
  const indent = rest.search(/[^ ]|$/);
  const isBlank = rest.trim() === "";
  if (within === undefined) return isBlank || rest[indent] === "#";
  switch (within.scalar?.style) {
    case SCALAR_STYLE.PLAIN:
      return isBlank || indent > within.column;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return isBlank || indent >= within.scalar.indent;
    default:
      return true;
  }
}

function tabsIn(text: string, spans: readonly Span[]): Fault | undefined {
  let next = 0;
  for (let tab = text.indexOf("\t"); tab >= 0; tab = text.indexOf("\t", tab + 1)) {
    while (next < spans.length && (spans[next] as Span).end <= tab) next++;
    const within = spans[next];
    const isWithin = within !== undefined && within.start <= tab;
    const isRefused = isWithin ? isRefusedWithin(text, tab, within) : isRefusedBetween(text, tab, spans[next - 1]);
    if (isRefused) return faultAt(tab, "found a tab where a space is expected; indent with spaces");
  }
  return undefined;
}

function isRefusedWithin(text: string, tab: number, { start, scalar, column }: Span): boolean {
  const first = lineStart(text, tab);
  const isLeading = text.slice(first, tab).trim() === "";
  if (scalar === undefined || !isLeading) return false;
  switch (scalar.style) {
    case SCALAR_STYLE.PLAIN:
      return tab - first <= column;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return tab - first < scalar.indent || isBeforeIndent(text, tab, start);
    default:
      return false;
  }
}

/**
 * Whether go-yaml is still looking for the indentation: without a number in the header, until the first line with text.
 */
function isBeforeIndent(text: string, tab: number, start: number): boolean {
  const header = text.slice(lineStart(text, start - 1), start);
  return !/[|>][-+]?[1-9][-+]?[ \t]*(?:#.*)?\r?\n$/.test(header) && text.slice(start, tab).trim() === "";
}

function isRefusedBetween(text: string, tab: number, last: Span | undefined): boolean {
  const first = lineStart(text, tab);
  const rest = text.slice(Math.max(first, last?.end ?? 0), tab);
  if (/(?:^|\s)#/.test(rest)) return false;
  const isLeading = rest.length === tab - first && rest.trim() === "";
  if (!isLeading) return /(?:^|\s)[-?][ \t]*$/.test(rest);
  return !(last !== undefined && isContinued(text, tab, last));
}

/** Blank lines after a plain scalar belong to it if they are indented as far as its lines must be. */
function isContinued(text: string, tab: number, { end, scalar, column }: Span): boolean {
  return scalar?.style === SCALAR_STYLE.PLAIN && text.slice(end, tab).trim() === "" && columnOf(text, tab) > column;
}
