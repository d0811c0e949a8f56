import type { Overload } from "../signatures.ts";
import { libraryCost } from "./library.ts";
import { each, exactly, most, plus, type Range, sum, times, union } from "./range.ts";
import { type CallCost, type Entries, isText, ofPattern, perCharacter, type Seen, sizeOf } from "./seen.ts";

/** The cost of a call with one of the overloads that accept its arguments. `functionCost` in cel-go */
export function callCost(
  name: string,
  overload: Overload,
  target: Seen | undefined,
  args: readonly Seen[],
  costs: readonly Range[],
): CallCost {
  const ofArgs = sum(costs);
  const own = libraryCost(name, overload, target, args);
  if (own !== undefined) return { ...own, cost: plus(own.cost, ofArgs) };
  if (name === "_&&_" || name === "_||_") return { cost: { min: costs[0]?.min ?? 0, max: ofArgs.max } };
  const known = language(name, overload, target, args);
  return known === undefined ? { cost: plus(exactly(1), ofArgs) } : { ...known, cost: plus(known.cost, ofArgs) };
}

/** The cost of `a ? b : c`: only one of the two is evaluated. */
export function costOfConditional(args: readonly Seen[], costs: readonly Range[]): CallCost {
  const [, yes, no] = args as [Seen, Seen, Seen];
  const [condition, ifTrue, ifFalse] = costs as [Range, Range, Range];
  const cost = plus(condition, union(ifTrue, ifFalse));
  return { cost, size: union(sizeOf(yes), sizeOf(no)), entries: joined(yes.entries, no.entries) };
}

function joined(a: Entries | undefined, b: Entries | undefined): Entries | undefined {
  return a && b && { of: a.of, key: union(a.key, b.key), value: union(a.value, b.value) };
}

const ordering = new Set(["_<_", "_<=_", "_>_", "_>=_"]);

/** The cost of the language's own functions that depends on sizes; undefined for the others. */
function language(
  name: string,
  { params }: Overload,
  target: Seen | undefined,
  args: readonly Seen[],
): CallCost | undefined {
  const [first, second] = args as [Seen, Seen];
  const kinds = params.map(({ kind }) => kind);
  if (name === "_==_" || name === "_!=_") return compared(first, second);
  if (ordering.has(name)) return isText(kinds[0]) ? compared(first, second) : undefined;
  if (name === "_+_") return added(kinds[0], first, second);
  if (name === "@in") return kinds[1] === "list" ? { cost: each(sizeOf(second), 1) } : undefined;
  if (name === "bytes" && kinds[0] === "string") {
    const size = sizeOf(first);
    return { cost: each(size, perCharacter), size: { min: size.min, max: Math.min(size.max * 4, most) } };
  }
  if (name === "string" && kinds[0] === "bytes") {
    const size = sizeOf(first);
    return { cost: each(size, perCharacter), size: { min: Math.floor(size.min / 4), max: size.max } };
  }
  return target === undefined ? undefined : ofText(name, target, args);
}

/** The cost of a comparison, which ends with the shorter value. */
function compared(first: Seen, second: Seen): CallCost {
  const max = Math.min(sizeOf(first).max, sizeOf(second).max);
  return { cost: each({ min: max > 0 ? 1 : 0, max }, perCharacter) };
}

function added(kind: string | undefined, first: Seen, second: Seen): CallCost | undefined {
  if (kind !== "list" && !isText(kind)) return undefined;
  const size = plus(sizeOf(first), sizeOf(second));
  const entries = joined(first.entries, second.entries);
  return { cost: kind === "list" ? exactly(1) : each(size, perCharacter), size, entries };
}

/** The cost of a method of a string. */
function ofText(name: string, target: Seen, args: readonly Seen[]): CallCost | undefined {
  const [first] = args as [Seen];
  switch (name) {
    case "format":
      return { cost: each(sizeOf(target), perCharacter) };
    case "startsWith":
    case "endsWith":
      return { cost: each(sizeOf(first), perCharacter) };
    case "contains":
      return { cost: times(each(sizeOf(target), perCharacter), each(sizeOf(first), perCharacter)) };
    case "matches":
      return { cost: ofPattern(sizeOf(target), sizeOf(first)) };
    default:
      return undefined;
  }
}
