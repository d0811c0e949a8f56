import { EVENT_ID, type Event, SCALAR_STYLE } from "js-yaml";

/** The 1-based line and column of a place in a text. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset in UTF-16 code units; a tab counts as one column. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (end < 0 || end >= offset) return { line, column: offset - start + 1 };
    start = end + 1;
    line++;
  }
}

/** Finds many positions in a text: its lines are counted once, at the first call. */
export class Places {
  readonly #text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): Position {
    this.#starts ??= lineStarts(this.#text);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] as number) + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** Where a node starts in its text, including its quotes; undefined if it has no text. */
export function offsetOf(event: Event | undefined): number | undefined {
  if (event === undefined) return undefined;
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const quoted = event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED;
      return event.valueStart < 0 ? undefined : event.valueStart - (quoted ? 1 : 0);
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start < 0 ? undefined : event.start;
    default:
      return undefined;
  }
}
