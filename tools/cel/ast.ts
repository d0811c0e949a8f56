import type { Value } from "./values.ts";

/** Where a node starts in its expression, in UTF-16 code units. */
interface At {
  readonly at: number;
}

/**
 * An expression of the Common Expression Language, as written. Operators are calls of functions with names such as
 * `_+_`; macros are a separate kind of call, since they are defined on their unevaluated arguments.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
export type Node =
  | (At & { readonly is: "literal"; readonly value: Value })
  | (At & { readonly is: "name"; readonly name: string })
  | (At & { readonly is: "select"; readonly of: Node; readonly field: string; readonly optional: boolean })
  | (At & { readonly is: "has"; readonly of: Node; readonly field: string })
  | Call
  | (At & { readonly is: "list"; readonly items: readonly Item[] })
  | (At & { readonly is: "map"; readonly entries: readonly Entry[] })
  | (At & { readonly is: "struct"; readonly type: string; readonly fields: readonly StructField[] })
  | Macro;

export interface Call extends At {
  readonly is: "call";
  readonly name: string;
  /** The value before the dot; undefined for a plain function or an operator. */
  readonly target: Node | undefined;
  readonly args: readonly Node[];
}

/** `range.all(x, …)`, `range.map(k, v, …)`: the names are bound in `args`, not in `range`. */
export interface Macro extends At {
  readonly is: "macro";
  readonly name: string;
  readonly range: Node;
  readonly names: readonly string[];
  readonly args: readonly Node[];
}

export interface Item {
  readonly value: Node;
  readonly optional: boolean;
}

export interface Entry extends Item {
  readonly key: Node;
}

export interface StructField extends Item, At {
  readonly name: string;
}

/** `a.b.c` if the node is a chain of plain names; otherwise undefined. */
export function qualifiedName(node: Node): string | undefined {
  if (node.is === "name") return node.name;
  if (node.is !== "select" || node.optional) return undefined;
  const prefix = qualifiedName(node.of);
  return prefix === undefined ? undefined : `${prefix}.${node.field}`;
}

/** An expression is invalid: its syntax, or its types. */
export class CelError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
