import type { Overload } from "../signatures.ts";
import { sameType } from "../types.ts";
import { each, exactly, most, plus, type Range, times, unknown } from "./range.ts";
import { type CallCost, isText, ofPattern, perCharacter, perPattern, type Seen, sizeOf } from "./seen.ts";

type Cost = (target: Seen | undefined, args: readonly Seen[], overload: Overload) => CallCost | undefined;

const one: Cost = () => ({ cost: exactly(1) });

/** The function reads its first argument, once or several times. */
const read =
  (often = 1): Cost =>
  (_target, [arg]) =>
    arg && { cost: each(sizeOf(arg), often * perCharacter) };

/** The function returns a value of the same length. */
const remade: Cost = (target) => target && { cost: each(sizeOf(target), perCharacter), size: sizeOf(target) };
const remadeArg: Cost = (_target, [arg]) => arg && { cost: each(sizeOf(arg), perCharacter), size: sizeOf(arg) };

/** The function traverses a list or a string. */
const traverse: Cost = (target) => {
  if (target === undefined) return undefined;
  const element = elementOf(target);
  if (element === undefined) return { cost: each(sizeOf(target), perCharacter) };
  const cost = isText(element.kind) ? plus(exactly(1), each(element.size, perCharacter)) : exactly(1);
  return { cost: times(sizeOf(target), cost) };
};

/** The kind and size of the elements of a list. */
function elementOf({ type, path, sizeAt }: Seen): { kind: string; size: Range } | undefined {
  const [element] = type.of;
  if (element === undefined) return undefined;
  const { steps } = path;
  const size = steps.length === 0 ? undefined : sizeAt([...steps, "@items"]);
  return { kind: element.kind, size: size ?? unknown };
}

const replace: Cost = (target, [what, by]) => {
  if (target === undefined || what === undefined || by === undefined) return undefined;
  const [text, old, next] = [sizeOf(target), sizeOf(what), sizeOf(by)];
  const longest = replaced(text.max, old.min, next.max, next.max <= old.min);
  const shortest = replaced(text.min, old.max, next.min, old.max <= next.min);
  return { cost: each(text, 2 * perCharacter), size: { min: shortest, max: longest } };
};

/** The length of a text after each part of `old` characters was replaced with `next` characters. */
function replaced(length: number, old: number, next: number, keeps: boolean): number {
  // The empty string matches before, between and after all characters.
  if (old === 0) return Math.min(most, Math.min(most, length + 1) * next + length);
  return keeps ? length : Math.min(most, Math.ceil(length / old) * next);
}

const split: Cost = (target, [, limit]) => {
  if (target === undefined) return undefined;
  const literal = literalOf(limit);
  const max = literal === undefined ? sizeOf(target).max : Number(BigInt.asUintN(64, literal));
  return { cost: each(sizeOf(target), 2 * perCharacter), size: { min: 0, max } };
};

const join: Cost = (target, [separator]) => {
  if (target === undefined) return undefined;
  const count = sizeOf(target);
  const element = elementOf(target);
  const between = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  const size = plus(
    element === undefined ? exactly(0) : times(count, element.size),
    separator === undefined ? exactly(0) : times(sizeOf(separator), between),
  );
  return { cost: each(size, perCharacter), size };
};

const find: Cost = (target, [pattern]) =>
  target && pattern && { cost: ofPattern(sizeOf(target), sizeOf(pattern)), size: { min: 0, max: sizeOf(target).max } };

const selector: Cost = (_target, args) => {
  const [arg] = args;
  if (arg === undefined || args.length !== 1) return undefined;
  const requirements = each(each(sizeOf(arg), 0.5), 50);
  return { cost: plus(exactly(10), each(sizeOf(arg), perCharacter), requirements) };
};

/** Addresses have 4 or 16 bytes; an address in a string is parsed first. */
const address: Range = { min: 4, max: 16 };

const holds =
  (further: Range): Cost =>
  (_target, [arg], { params }) => {
    if (arg === undefined) return undefined;
    const reads = params[1]?.kind === "string" ? each(sizeOf(arg), perCharacter) : exactly(0);
    return { cost: plus(each(plus(address, address), perCharacter), further, reads) };
  };

const longestFormat = 128;

const validate: Cost = (_target, [arg]) =>
  arg && { cost: each(each(sizeOf(arg), perCharacter), longestFormat * perPattern) };

/** The types of Kubernetes whose values are compared in one step. */
const single = /^(?:net\.(?:IP|CIDR)|kubernetes\.(?:Quantity|Semver))$/;

const equal: Cost = (_target, [a, b]) => {
  if (a === undefined || b === undefined || !sameType(a.type, b.type)) return undefined;
  if (single.test(a.type.name)) return { cost: exactly(1) };
  if (a.type.name === "kubernetes.NamedFormat") return { cost: each({ min: 1, max: 64 }, perCharacter) };
  if (a.type.name !== "kubernetes.URL") return undefined;
  return { cost: each({ min: 1, max: b.size?.max ?? 1 }, perCharacter) };
};

/** The function creates a list, in a number of steps proportional to its size. */
const made = (size: Range, factor = 1) => ({ cost: plus(each(size, factor), exactly(11)), size });

const literalOf = (arg: Seen | undefined): bigint | undefined =>
  arg?.node.is === "literal" && typeof arg.node.value === "bigint" ? arg.node.value : undefined;
const literalOr = (arg: Seen | undefined, otherwise: number): number => Number(literalOf(arg) ?? otherwise);

const sets =
  (factor: number): Cost =>
  (_target, [a, b]) =>
    a && b && { cost: plus(each(times(sizeOf(a), sizeOf(b)), factor), exactly(1)) };

/** The cost of comparing each of `count` elements with each other, by keys of this kind. */
export const sortedBy = (kind: string | undefined, count: Range) => made(times(count, count), isText(kind) ? 2.1 : 2);

const sorted: Cost = (target) => target && sortedBy(target.type.of[0]?.kind, sizeOf(target));

const ofNames = (names: string, cost: Cost) => names.split(" ").map((name): [string, Cost] => [name, cost]);

/**
 * The costs of library functions by name, for all receivers.
 * `EstimateCallCost` in k8s.io/apiserver/pkg/cel/library/cost.go, and cel-go's libraries of lists and sets
 */
const costs: ReadonlyMap<string, Cost> = new Map<string, Cost>([
  ["check", () => ({ cost: exactly(350_000) })],
  ...ofNames("serviceAccount path group resource subresource namespace name allowed reason error errored", one),
  ...ofNames("fieldSelector labelSelector", selector),
  ...ofNames("isSorted sum max min indexOf lastIndexOf", traverse),
  ...ofNames("url jsonpatch.escapeKey", remadeArg),
  ...ofNames("lowerAscii upperAscii substring trim", remade),
  ["replace", replace],
  ["split", split],
  ["join", join],
  ...ofNames("find findAll", find),
  ...ofNames("cidr isIP isCIDR quantity isQuantity semver isSemver", read()),
  ["ip", (target, args, overload) => (overload.isMember ? one : read())(target, args, overload)],
  ["ip.isCanonical", read(2)],
  ...ofNames("masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast", one),
  ...ofNames("isLinkLocalUnicast isGlobalUnicast", one),
  ["containsIP", holds(exactly(0))],
  ["containsCIDR", holds(plus(each(address, perCharacter), exactly(1)))],
  ["validate", validate],
  ["format.named", one],
  ...ofNames("sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub", one),
  ...ofNames("major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery", one),
  ["_==_", equal],
  ...ofNames("sets.contains sets.intersects", sets(1)),
  ["sets.equivalent", sets(2)],
  ["slice", (target, [from, to]) => target && made(exactly(literalOr(to, sizeOf(target).max) - literalOr(from, 0)))],
  ["flatten", (target, [depth]) => target && made(sizeOf(target), depth === undefined ? 1 : literalOr(depth, most))],
  ["lists.range", (_target, [count]) => made(exactly(literalOr(count, most)))],
  ["reverse", (target) => target && made(sizeOf(target))],
  ["distinct", (target) => target && made(times(sizeOf(target), sizeOf(target)), 2)],
  ["sort", sorted],
]);

/** The cost of a library function; undefined for any other function. */
export function libraryCost(
  name: string,
  overload: Overload,
  target: Seen | undefined,
  args: readonly Seen[],
): CallCost | undefined {
  return costs.get(name)?.(target, args, overload);
}
