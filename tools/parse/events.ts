import { type Event, parseEvents, YAMLException } from "js-yaml";
import { endOfFlow, endOfQuoted } from "./flow.ts";

/** Collections within collections; no kind of Kubernetes comes near this. */
export const maxDepth = 200;

/** The events of a document, and the text that their offsets are of: the document's own, or with lines moved right. */
export interface Events {
  readonly text: string;
  readonly events: readonly Event[];
  /** The offset within the document's own text. */
  readonly original: (offset: number) => number;
}

/** How much may be read again, in characters. Shared by the documents of a file, so that no file costs minutes. */
export interface Work {
  left: number;
}

export function newWork(): Work {
  return { left: 20_000_000 };
}

/**
 * Reads a document's events. Within flow collections and quoted scalars a line may start anywhere, as go-yaml has it and
 * YAML 1.2 has not: where js-yaml says that a line is not indented enough, that line and the others of the same collection
 * or scalar are moved right, and all is read again. No value changes, because leading blanks mean nothing there.
 *
 * @throws YAMLException, with an offset of the document's own text in `mark.position`.
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
      const starts = work.left < 0 ? [] : linesToMove(moved, error.reason, error.mark.position);
      const next = new Moved(
        document,
        [...new Set([...moved.starts, ...starts])].sort((a, b) => a - b),
      );
      if (next.starts.length === moved.starts.length) throw moved.relocate(error, error.mark);
      moved = next;
    }
  }
}

/** Spaces that are put before a line: more than anything is indented. */
const shift = " ".repeat(256);

/** A text with some of its lines moved right. */
class Moved {
  readonly text: string;
  /** Offsets of the moved lines in the text as it was, ascending. */
  readonly starts: readonly number[];

  constructor(source: string, starts: readonly number[]) {
    this.starts = starts;
    const bounds = [0, ...starts, source.length];
    const pieces = bounds.slice(1).map((end, index) => source.slice(bounds[index], end));
    this.text = pieces.join(shift);
  }

  /** An offset of the text as it is, in the text as it was. */
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

/** The lines that js-yaml wants further right, as offsets of the text as it was. */
function linesToMove(moved: Moved, reason: string, position: number): number[] {
  if (reason !== "deficient indentation") return [];
  const { text } = moved;
  const start = text.lastIndexOf("\n", position - 1) + 1;
  if (start === 0 || text.slice(start, position).trim() !== "") return [];
  const end = endOf(text, start, position);
  const starts = [moved.original(start)];
  for (let next = text.indexOf("\n", start) + 1; next > 0 && next <= end; next = text.indexOf("\n", next) + 1) {
    starts.push(moved.original(next));
  }
  return starts;
}

/** Where the innermost flow collection or quoted scalar around the place ends: what js-yaml misses when the text stops. */
function endOf(text: string, lineStart: number, position: number): number {
  try {
    parseEvents(text.slice(0, lineStart - 1), { maxDepth });
  } catch (error) {
    const reason = error instanceof YAMLException ? error.reason : "";
    if (reason.includes("flow collection")) return endOfFlow(text, position);
    if (reason.includes("double quoted")) return endOfQuoted(text, position, '"');
    if (reason.includes("single quoted")) return endOfQuoted(text, position, "'");
  }
  return position;
}
