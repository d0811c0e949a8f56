import { exactly, nothing, one, plus, type Range, union } from "./range.ts";

/** The costs of creating a list, a map and a message. */
export const list: Range = exactly(10);
export const map: Range = exactly(30);
export const message: Range = exactly(40);

/** The costs of the comprehension that a macro expands to, in addition to those of its expressions. */
export interface Loop {
  /** The cost of the initial value, list or map. */
  readonly init: Range;
  /** The cost of a step, given the cost of the expression. */
  readonly step: (cost: Range) => Range;
  readonly result: Range;
  /** The source of the elements of the resulting list: the bound name, or the result of the expression. */
  readonly puts?: "name" | "expression";
}

/** `@result && …`: the left side is always evaluated, the right side only sometimes. */
const afterResult = (cost: Range): Range => ({ min: 1, max: plus(one, cost).max });

/** `… ? @result + 1 : @result` */
const counted = (cost: Range) => plus(cost, { min: 1, max: 2 });

/** `@result + […]` */
const appended = (cost: Range) => plus(exactly(2), list, cost);

/** https://github.com/google/cel-go/blob/v0.26.0/parser/macro.go, and ext/comprehensions.go */
export const loops: Readonly<Record<string, Loop>> = {
  // Continues while `@not_strictly_false(@result)`.
  all: { init: nothing, step: (cost) => plus(exactly(2), afterResult(cost)), result: one },
  exists: { init: nothing, step: (cost) => plus(exactly(3), afterResult(cost)), result: one },
  exists_one: { init: nothing, step: counted, result: exactly(2) },
  existsOne: { init: nothing, step: counted, result: exactly(2) },
  filter: { init: list, step: (cost) => plus(cost, union(appended(one), one)), result: one, puts: "name" },
  map: { init: list, step: appended, result: one, puts: "expression" },
  transformList: { init: list, step: appended, result: one, puts: "expression" },
  // `cel.@mapInsert(@result, key, …)`, or an entry
  transformMap: { init: map, step: (cost) => plus(exactly(3), cost), result: one },
  transformMapEntry: { init: map, step: (cost) => plus(exactly(2), cost), result: one },
};
