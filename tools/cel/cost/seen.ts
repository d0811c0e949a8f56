import type { Node } from "../ast.ts";
import type { Type } from "../types.ts";
import type { Path } from "./path.ts";
import { each, exactly, plus, type Range, times, unknown } from "./range.ts";

/** What is known of the elements of a list or a map. */
export interface Entries {
  readonly of: "list" | "map";
  readonly key: Range;
  readonly value: Range;
}

/** What a call sees of what it is given. */
export interface Seen {
  readonly node: Node;
  readonly path: Path;
  readonly type: Type;
  /** Undefined where nothing is known of it. */
  readonly size: Range | undefined;
  readonly entries: Entries | undefined;
  /** The size of what a path leads to. */
  readonly sizeAt: (path: readonly string[]) => Range | undefined;
}

export interface CallCost {
  /** With that of the arguments. */
  readonly cost: Range;
  /** Of what it returns, where that is known. */
  readonly size?: Range | undefined;
  readonly entries?: Entries | undefined;
}

/** What it takes to go through a text, a character. */
export const perCharacter = 0.1;
/** What a regular expression costs, a character. */
export const perPattern = 0.25;

/** Whether values of a kind are gone through character by character. */
export const isText = (kind: string | undefined): boolean => kind === "string" || kind === "bytes";

export const sizeOf = ({ size }: Seen): Range => size ?? unknown;

/** An empty text costs as much as one of one character. */
export function ofPattern(text: Range, pattern: Range): Range {
  return times(each(plus(text, exactly(1)), perCharacter), each(pattern, perPattern));
}
