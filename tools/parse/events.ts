import { type Event, parseEvents, YAMLException } from "js-yaml";
import { endOfFlow, endOfQuoted } from "./flow.ts";

/** The deepest nesting of collections that is read; no Kubernetes kind comes near it. */
export const maxDepth = 200;

/**
 * The events of a document, and the text that their offsets refer to: the document's own, or one with lines moved
 * right.
 */
export interface Events {
  readonly text: string;
  readonly events: readonly Event[];
  /** Converts an offset into `text` to an offset into the document's own text. */
  readonly original: (offset: number) => number;
}

/** How many characters may be read again. The documents of a file share it, so that no file takes minutes. */
export interface Work {
  left: number;
}

/** The budget for one file. */
export function newWork(): Work {
  return { left: 20_000_000 };
}

/**
 * Reads a document's events. In go-yaml, unlike in YAML 1.2, a line within a flow collection or quoted scalar may start
 * in any column. When js-yaml reports insufficient indentation, that line and the others of the same collection or
 * scalar are moved right, and the document is read again; a tab between two tokens that causes this error is replaced
 * with spaces, and so is a comment that follows a quoted scalar or a bracket without a space. Values do not change,
 * because neither means anything.
 *
 * @throws YAMLException with an offset into the document's own text in `mark.position`.
 */
export function readEvents(document: string, work: Work = newWork()): Events {
  let moved = new Moved(document, []);
  for (;;) {
    try {
      const events = parseEvents(moved.text, { maxDepth });
      return { text: moved.text, events, original: moved.original };
    } catch (error) {
      if (!(error instanceof YAMLException) || error.mark === undefined) throw error;
      work.left -= moved.text.length;
      const { position } = error.mark;
      const next =
        work.left < 0 ? undefined : (uncommented(moved, position) ?? indented(moved, error.reason, position));
      if (next === undefined) throw moved.relocate(error, error.mark);
      moved = next;
    }
  }
}

/** The text without a comment that js-yaml rejects because no space is before it (`yaml_parser_scan_to_next_token`). */
function uncommented(moved: Moved, position: number): Moved | undefined {
  const { text } = moved;
  if (text[position] !== "#" || !/['"[\]{},]/.test(text.charAt(position - 1))) return undefined;
  const end = text.indexOf("\n", position);
  return moved.withSpaces(position, end < 0 ? text.length : end);
}

/** A text that js-yaml may accept instead; undefined if the error is not about indentation. */
function indented(moved: Moved, reason: string, position: number): Moved | undefined {
  if (reason !== "deficient indentation") return undefined;
  const start = startOfBlanks(moved.text, position);
  const isWithin = start > 0 && moved.text.charAt(start - 1) !== "\n";
  if (isWithin && moved.text.slice(start, position).includes("\t")) return moved.withSpaces(start, position);
  const starts = [...new Set([...moved.starts, ...linesToMove(moved, position)])];
  return starts.length === moved.starts.length ? undefined : moved.withLines(starts.sort((a, b) => a - b));
}

function startOfBlanks(text: string, end: number): number {
  let start = end;
  while (start > 0 && /[ \t]/.test(text.charAt(start - 1))) start--;
  return start;
}

/** The spaces that are put before a line: more than any indentation. */
const shift = " ".repeat(256);

/** A text with some of its lines moved right. */
class Moved {
  readonly text: string;
  /** Offsets of the moved lines in the source, ascending. */
  readonly starts: readonly number[];
  readonly #source: string;

  constructor(source: string, starts: readonly number[]) {
    this.#source = source;
    this.starts = starts;
    const bounds = [0, ...starts, source.length];
    const pieces = bounds.slice(1).map((end, index) => source.slice(bounds[index], end));
    this.text = pieces.join(shift);
  }

  withLines(starts: readonly number[]): Moved {
    return new Moved(this.#source, starts);
  }

  /** Replaces the blanks between two offsets into `text`, within one line, with spaces. */
  withSpaces(start: number, end: number): Moved {
    const [first, last] = [this.original(start), this.original(end)];
    const blanks = " ".repeat(last - first);
    return new Moved(this.#source.slice(0, first) + blanks + this.#source.slice(last), this.starts);
  }

  /** Converts an offset into `text` to an offset into the source. */
  readonly original = (offset: number): number => {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) + middle * shift.length <= offset) low = middle + 1;
      else high = middle;
    }
    const last = low === 0 ? 0 : (this.starts[low - 1] as number);
    return Math.max(last, offset - low * shift.length);
  };

  relocate({ reason }: YAMLException, mark: NonNullable<YAMLException["mark"]>): YAMLException {
    return new YAMLException(reason, { ...mark, position: this.original(mark.position) });
  }
}

/** The lines that js-yaml wants further right, as offsets into the source. */
function linesToMove(moved: Moved, position: number): number[] {
  const { text } = moved;
  const start = text.lastIndexOf("\n", position - 1) + 1;
  if (start === 0 || text.slice(start, position).trim() !== "") return [];
  const [end, ofScalar] = endOf(text, start, position);
  const further = ofScalar ? furtherLines(text, text.indexOf("\n", end)) : [];
  return [start, ...linesWithin(text, start, end), ...further].map(moved.original);
}

/** The starts of lines between two offsets. */
function linesWithin(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let next = text.indexOf("\n", from) + 1; next > 0 && next <= to; next = text.indexOf("\n", next) + 1)
    starts.push(next);
  return starts;
}

/**
 * Where the innermost flow collection or quoted scalar around the position ends, and whether it is a scalar. js-yaml's
 * error for the text cut off there says which of them is open.
 */
function endOf(text: string, lineStart: number, position: number): readonly [number, boolean] {
  try {
    parseEvents(text.slice(0, lineStart - 1), { maxDepth });
  } catch (error) {
    const reason = error instanceof YAMLException ? error.reason : "";
    if (reason.includes("flow collection")) return [endOfFlow(text, position), false];
    if (reason.includes("double quoted")) return [endOfQuoted(text, position, '"'), true];
    if (reason.includes("single quoted")) return [endOfQuoted(text, position, "'"), true];
  }
  return [position, false];
}

/** A line that opens a block scalar, or a quoted scalar as the value of a key or an item. */
const opening =
  /^(?=( *(?:- +)*))\1(?:[^\s#'"|>[\]{}][^#'"\n]*:|(?<=- {1,9})) *(?:[|>][-+\d]*[ \t]*(?:#.*)?$|(['"]))/gm;

/**
 * The lines of all quoted scalars from an offset on. If one starts too far left, others do too (descriptions, by the
 * thousand), and each would cost another pass over the whole text.
 */
function furtherLines(text: string, from: number): number[] {
  const starts: number[] = [];
  if (from < 0) return starts;
  opening.lastIndex = from;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const [, indent = "", quote] = found;
    const end = quote
      ? endOfQuoted(text, opening.lastIndex, quote as "'" | '"')
      : endOfBlock(text, opening.lastIndex, indent.length);
    if (quote) for (const start of linesWithin(text, opening.lastIndex, end)) starts.push(start);
    opening.lastIndex = end;
  }
  return starts;
}

/** Where a block scalar ends: after its last line that is blank or further right than its key. */
function endOfBlock(text: string, from: number, indent: number): number {
  const left = new RegExp(`\n(?= {0,${indent}}[^ \n])`, "g");
  left.lastIndex = from;
  return left.test(text) ? left.lastIndex - 1 : text.length;
}
