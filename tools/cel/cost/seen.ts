import type { Node } from "../ast.ts";
import type { Type } from "../types.ts";
import type { Path } from "./path.ts";
import { each, exactly, plus, type Range, times, unknown } from "./range.ts";

/** The sizes of the keys and values of a list or a map. */
export interface Entries {
  readonly of: "list" | "map";
  readonly key: Range;
  readonly value: Range;
}

/** What is known about an argument of a call. */
export interface Seen {
  readonly node: Node;
  readonly path: Path;
  readonly type: Type;
  /** Undefined if it is unknown. */
  readonly size: Range | undefined;
  readonly entries: Entries | undefined;
  /** The size of the value at a path. */
  readonly sizeAt: (path: readonly string[]) => Range | undefined;
}

export interface CallCost {
  /** The cost, including that of the arguments. */
  readonly cost: Range;
  /** The size of the result, if known. */
  readonly size?: Range | undefined;
  readonly entries?: Entries | undefined;
}

/** The cost of traversing a string, per character. */
export const perCharacter = 0.1;
/** The cost of a regular expression, per character. */
export const perPattern = 0.25;

/** Whether the cost of values of a kind depends on their number of characters or bytes. */
export const isText = (kind: string | undefined): boolean => kind === "string" || kind === "bytes";

/** The size of an argument, or the widest range if it is unknown. */
export const sizeOf = ({ size }: Seen): Range => size ?? unknown;

/** The cost of matching a pattern; the text counts as one character longer, so that an empty text has a cost. */
export function ofPattern(text: Range, pattern: Range): Range {
  return times(each(plus(text, exactly(1)), perCharacter), each(pattern, perPattern));
}
