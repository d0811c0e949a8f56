import { own } from "../../core/json.ts";
import type { Call, Item, Macro, Node } from "../ast.ts";
import type { Called, Checked } from "../check.ts";
import { type Type, unwrapped } from "../types.ts";
import { callCost, costOfConditional } from "./calls.ts";
import { sortedBy } from "./library.ts";
import { type Loop, list, loops, map, message } from "./loops.ts";
import { Path } from "./path.ts";
import { exactly, nothing, one, plus, type Range, sum, times, union, unknown } from "./range.ts";
import type { CallCost, Entries, Seen } from "./seen.ts";
import type { SizesAt } from "./sizes.ts";

/**
 * The cost of an expression, in the units of the language, as API servers estimate it before they accept the
 * expression. `Cost` in github.com/google/cel-go/checker/cost.go, with the options of
 * k8s.io/apiserver/pkg/cel/environment
 *
 * @param sizesAt the sizes of the values that it refers to.
 */
export function costOf(checked: Checked, sizesAt: SizesAt): Range {
  return new Coster(checked, sizesAt).cost(checked.node);
}

/** The value of a name that a macro binds. */
interface Local {
  readonly path: Path;
  readonly size: Range | undefined;
  readonly entries: Entries | undefined;
}

class Coster {
  readonly #checked: Checked;
  readonly #sizesAt: SizesAt;
  readonly #costs = new Map<Node, Range>();
  readonly #sizes = new Map<Node, Range>();
  readonly #entries = new Map<Node, Entries>();
  readonly #paths = new Map<Node, Path>();
  readonly #locals = new Map<string, Local[]>();

  constructor(checked: Checked, sizesAt: SizesAt) {
    this.#checked = checked;
    this.#sizesAt = sizesAt;
  }

  /** The cost of a node, computed once: some macros expand to code that repeats their range, and macros nest. */
  cost(node: Node): Range {
    const known = this.#costs.get(node);
    if (known !== undefined) return known;
    const cost = this.#costOf(node);
    this.#costs.set(node, cost);
    return cost;
  }

  #costOf(node: Node): Range {
    switch (node.is) {
      case "literal":
        return nothing;
      case "name":
        this.#paths.set(node, this.#local(node.name)?.path ?? Path.of(node.name));
        return one;
      case "select":
        return this.#select(node);
      case "has":
        return this.cost(node.of);
      case "call":
        return this.#call(node);
      case "list":
        return this.#list(node, node.items);
      case "map":
        return this.#map(node);
      case "struct":
        return plus(sum(node.fields.map(({ value }) => this.cost(value))), message);
      case "macro":
        return this.#macro(node);
    }
  }

  #select(node: Extract<Node, { is: "select" }>): Range {
    const operand = this.cost(node.of);
    // An optional selection is a call with the operand and the field name.
    if (node.optional) return plus(operand, one);
    this.#paths.set(node, this.#path(node.of).append(node.field));
    return ["map", "struct", "param"].includes(this.#type(node.of).kind) ? plus(operand, one) : operand;
  }

  #list(node: Node, items: readonly Item[]): Range {
    const costs = items.map(({ value }) => this.cost(value));
    this.#entries.set(node, { of: "list", key: one, value: this.#spanned(items.map(({ value }) => value)) });
    return plus(sum(costs), list);
  }

  #map(node: Extract<Node, { is: "map" }>): Range {
    const costs = node.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    const key = this.#spanned(node.entries.map((entry) => entry.key));
    this.#entries.set(node, { of: "map", key, value: this.#spanned(node.entries.map(({ value }) => value)) });
    return plus(sum(costs), map);
  }

  /** The union of the sizes of nodes. */
  #spanned(nodes: readonly Node[]): Range {
    const [first, ...others] = nodes.map((node) => this.#sizeOrUnknown(node));
    return others.reduce(union, first ?? nothing);
  }

  #call(node: Call): Range {
    const called = this.#checked.calledAt(node);
    if (called === undefined) return nothing;
    if (called.name === "dyn") return this.#dyn(node);
    const costs = node.args.map((arg) => this.cost(arg));
    const args = node.args.map((arg) => this.#seen(arg));
    const target = called.isMember && node.target ? node.target : undefined;
    const ofTarget = target ? this.cost(target) : nothing;
    if (called.name === "_?_:_") return this.#conditional(node, args, costs);
    const found = called.overloads.map((overload) =>
      callCost(called.name, overload, target && this.#seen(target), args, costs),
    );
    this.#keep(node, called, found, args);
    return plus(ofTarget, found.map(({ cost }) => cost).reduce(union));
  }

  #dyn(node: Call): Range {
    const [arg] = node.args;
    if (arg === undefined) return nothing;
    const cost = this.cost(arg);
    this.#copy(node, arg);
    return plus(one, cost);
  }

  #conditional(node: Call, args: readonly Seen[], costs: readonly Range[]): Range {
    const { cost, size, entries } = costOfConditional(args, costs);
    if (entries !== undefined) this.#entries.set(node, entries);
    if (size !== undefined) this.#sizes.set(node, size);
    return cost;
  }

  /** Records what is known about the result of a call. */
  #keep(node: Call, { name, overloads }: Called, found: readonly CallCost[], args: readonly Seen[]): void {
    let size: Range | undefined;
    for (const [index, cost] of found.entries()) {
      if (cost.size !== undefined) size = size === undefined ? cost.size : union(size, cost.size);
      if (cost.entries !== undefined) this.#entries.set(node, cost.entries);
      const [of] = overloads[index]?.params ?? [];
      if (name === "_[_]" && (of?.kind === "list" || of?.kind === "map")) {
        const [first] = args;
        size = first?.entries?.value;
        this.#paths.set(node, (first?.path ?? Path.none).append(of.kind === "list" ? "@items" : "@values"));
      }
      size ??= this.#size(node);
    }
    if (size !== undefined) this.#sizes.set(node, size);
  }

  #macro(node: Macro): Range {
    const { name, range, args, names } = node;
    const loop = own(loops, name);
    if (loop !== undefined) return this.#loop(node, loop);
    const [first] = args as [Node];
    if (name === "bind") return this.#bound(node, names[0] ?? "", range, first);
    return name === "sortBy" ? this.#sorted(node, first) : this.#optional(node, first);
  }

  /** The cost of a loop: its start, a step for each element of the range, and its result. */
  #loop(node: Macro, { init, step, result, puts }: Loop): Range {
    const { range, names, args } = node;
    const cost = this.cost(range);
    for (const [index, name] of names.entries()) this.#push(name, this.#iterated(range, names.length, index));
    const [last, filter] = [args.at(-1) as Node, args.length > 1 ? args[0] : undefined];
    const taken = step(this.cost(last));
    const steps = filter === undefined ? taken : plus(this.cost(filter), union(taken, one));
    const element = puts === "name" ? this.#namedSize(names[0] ?? "") : this.#sizeOrUnknown(last);
    for (const name of names) this.#locals.get(name)?.pop();
    const count = this.#sizeOrUnknown(range);
    this.#sizes.set(node, init === nothing ? one : count);
    if (puts !== undefined) this.#entries.set(node, { of: "list", key: one, value: union(nothing, element) });
    return plus(cost, init, times(count, steps), result);
  }

  /**
   * The value of a macro's name: an element or a key; of two names, the first is an index or a key, the second a value.
   */
  #iterated(range: Node, count: number, index: number): Local {
    const entries = this.#entriesOf(range);
    const isList = (entries?.of ?? this.#type(range).kind) === "list";
    const isKey = count === 2 ? index === 0 : !isList;
    const step = isKey ? (isList ? "@indices" : "@keys") : isList ? "@items" : "@values";
    return {
      path: this.#path(range).append(step),
      size: isKey ? entries?.key : entries?.value,
      entries: undefined,
    };
  }

  /** `range.hasValue() ? optional.of(…) : optional.none()` */
  #optional(node: Macro, result: Node): Range {
    const condition = plus(this.cost(node.range), one);
    const held = unwrapped(this.#type(node.range));
    const local = { path: Path.none, size: held && isScalar(held) ? one : undefined, entries: undefined };
    const bound = plus(list, this.cost(node.range), one, this.#with(node.names[0] ?? "", local, result));
    const some = node.name === "optMap" ? plus(one, bound) : bound;
    this.#sizes.set(node, unknown);
    return plus(condition, union(some, one));
  }

  #bound(node: Macro, name: string, value: Node, result: Node): Range {
    const cost = plus(list, this.cost(value));
    const local = { path: this.#path(value), size: this.#size(value), entries: this.#entriesOf(value) };
    const total = plus(cost, this.#with(name, local, result));
    this.#copy(node, result);
    return total;
  }

  /** `range.@sortByAssociatedKeys(range.map(…))`, where the range is bound to a name. */
  #sorted(node: Macro, keys: Node): Range {
    const ofRange = this.cost(node.range);
    const mapped = this.#loop(node, loops.map as Loop);
    const sorted = sortedBy(this.#type(keys).kind, this.#sizeOrUnknown(node.range));
    this.#sizes.set(node, sorted.size);
    const again = { min: mapped.min - ofRange.min + 1, max: mapped.max - ofRange.max + 1 };
    return plus(list, ofRange, one, again, sorted.cost);
  }

  #with(name: string, local: Local, node: Node): Range {
    this.#push(name, local);
    const cost = this.cost(node);
    this.#locals.get(name)?.pop();
    return cost;
  }

  #push(name: string, local: Local): void {
    const known = this.#locals.get(name);
    if (known === undefined) this.#locals.set(name, [local]);
    else known.push(local);
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #type(node: Node): Type {
    return this.#checked.typeAt(node);
  }

  #path(node: Node): Path {
    return (node.is === "name" ? this.#local(node.name)?.path : undefined) ?? this.#paths.get(node) ?? Path.none;
  }

  #seen(node: Node): Seen {
    const [path, type, size] = [this.#path(node), this.#type(node), this.#size(node)];
    const sizeAt = (steps: readonly string[]) => this.#estimated(steps);
    return { node, path, type, size, entries: this.#entriesOf(node), sizeAt };
  }

  #sizeOrUnknown(node: Node): Range {
    return this.#size(node) ?? unknown;
  }

  #size(node: Node): Range | undefined {
    const known = this.#sizes.get(node) ?? ownSize(node) ?? this.#estimated(this.#path(node).steps);
    if (known !== undefined) return known;
    if (isScalar(this.#type(node))) return one;
    return node.is === "name" ? this.#local(node.name)?.size : undefined;
  }

  /** The size of a name's value, as an element of a new list. */
  #namedSize(name: string): Range {
    const local = this.#local(name);
    return this.#estimated(local?.path.steps ?? []) ?? local?.size ?? unknown;
  }

  #estimated(path: readonly string[]): Range | undefined {
    if (path.length === 0) return undefined;
    const sizes = this.#sizesAt(path);
    return sizes && { min: 0, max: sizes.max };
  }

  #entriesOf(node: Node): Entries | undefined {
    return this.#entries.get(node) ?? (node.is === "name" ? this.#local(node.name)?.entries : undefined);
  }

  #copy(to: Node, from: Node): void {
    const [size, entries] = [this.#size(from), this.#entriesOf(from)];
    if (size !== undefined) this.#sizes.set(to, size);
    if (entries !== undefined) this.#entries.set(to, entries);
  }
}

/** The size of a literal; undefined for any other node. */
function ownSize(node: Node): Range | undefined {
  if (node.is === "list") return exactly(node.items.length);
  if (node.is === "map") return exactly(node.entries.length);
  if (node.is !== "literal") return undefined;
  const { value } = node;
  if (typeof value === "string") return exactly([...value].length);
  return exactly(value instanceof Uint8Array ? value.length : 1);
}

/** Whether values of a type have a fixed size. */
function isScalar(type: Type): boolean {
  const inner = unwrapped(type);
  if (inner !== undefined) return isScalar(inner);
  return ["bool", "double", "duration", "int", "timestamp", "uint"].includes(type.kind);
}
