import type { Macro, Node } from "./ast.ts";
import { Fault } from "./fault.ts";
import { compare } from "./library/operators.ts";
import { CelMap, isList, type Value } from "./values.ts";

type Evaluate = (arg: Node, values: readonly Value[]) => Value;

/** The result of a macro over the elements of a list or the keys of a map. */
export function foldMacro(macro: Macro, range: readonly Value[] | CelMap, evaluate: Evaluate): Value {
  const rounds = [...bindings(range, macro.names.length)];
  const { name, args } = macro;
  const [first, second] = args as [Node, Node | undefined];
  const holds = (values: readonly Value[]) => truth(evaluate(first, values));
  const kept = () => (second === undefined ? rounds : rounds.filter(holds));
  const make = (values: readonly Value[]) => evaluate(second ?? first, values);
  switch (name) {
    case "all":
      return decided(rounds, holds, false);
    case "exists":
      return decided(rounds, holds, true);
    case "exists_one":
    case "existsOne":
      return rounds.filter(holds).length === 1;
    case "filter":
      return rounds.filter(holds).map(([value]) => value as Value);
    case "map":
    case "transformList":
      return kept().map(make);
    case "transformMap":
      return new CelMap(kept().map((values) => [values[0] as Value, make(values)] as const));
    case "transformMapEntry":
      return CelMap.merged(kept().map(make));
    default:
      return sorted(rounds, make);
  }
}

function* bindings(range: readonly Value[] | CelMap, count: number): Iterable<readonly Value[]> {
  if (!isList(range)) {
    for (const [key, value] of range.entries()) yield count === 1 ? [key] : [key, value];
    return;
  }
  for (const [index, value] of range.entries()) yield count === 1 ? [value] : [BigInt(index), value];
}

/**
 * The result of `all` or `exists`: the first element that decides it ends the loop, and makes earlier faults
 * irrelevant.
 */
function decided(
  rounds: readonly (readonly Value[])[],
  holds: (values: readonly Value[]) => boolean,
  by: boolean,
): boolean {
  let fault: Fault | undefined;
  for (const values of rounds) {
    try {
      if (holds(values) === by) return by;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return !by;
}

function sorted(rounds: readonly (readonly Value[])[], key: (values: readonly Value[]) => Value): Value[] {
  const keyed = rounds.map((values) => [key(values), values[0] as Value] as const);
  return keyed.sort(([a], [b]) => compare(a, b)).map(([, value]) => value);
}

/**
 * The value of a condition.
 *
 * @throws Fault if it is not a bool.
 */
export function truth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new Fault("no such overload: the condition is not a bool");
}
