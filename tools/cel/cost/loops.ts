import { exactly, nothing, one, plus, type Range, union } from "./range.ts";

/** What it takes to make a list, a map, a message. */
export const list: Range = exactly(10);
export const map: Range = exactly(30);
export const message: Range = exactly(40);

/** A comprehension that a macro stands for, with the costs of what the macro adds to the expressions in it. */
export interface Loop {
  /** What it begins with: a value, a list or a map. */
  readonly init: Range;
  /** A step, of which the expression costs so much. */
  readonly step: (cost: Range) => Range;
  readonly result: Range;
  /** What becomes an element of the list that is made: what the name stands for, or what the expression returns. */
  readonly puts?: "name" | "expression";
}

/** `@result && …`: what is left of it is asked always, what is right of it perhaps. */
const afterResult = (cost: Range): Range => ({ min: 1, max: plus(one, cost).max });

/** `… ? @result + 1 : @result` */
const counted = (cost: Range) => plus(cost, { min: 1, max: 2 });

/** `@result + […]` */
const appended = (cost: Range) => plus(exactly(2), list, cost);

/** https://github.com/google/cel-go/blob/v0.26.0/parser/macro.go, and ext/comprehensions.go */
export const loops: Readonly<Record<string, Loop>> = {
  // Goes on while `@not_strictly_false(@result)`.
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
