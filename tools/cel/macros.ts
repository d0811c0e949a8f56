import { own } from "../core/json.ts";
import { type Call, CelError, type Node } from "./ast.ts";

/** The macros, with the number of names that they bind and the number of further arguments. */
const macros: Readonly<Record<string, readonly (readonly [names: number, args: number])[]>> = {
  all: [
    [1, 1],
    [2, 1],
  ],
  exists: [
    [1, 1],
    [2, 1],
  ],
  exists_one: [
    [1, 1],
    [2, 1],
  ],
  existsOne: [
    [1, 1],
    [2, 1],
  ],
  map: [
    [1, 1],
    [1, 2],
  ],
  filter: [[1, 1]],
  transformList: [
    [2, 1],
    [2, 2],
  ],
  transformMap: [
    [2, 1],
    [2, 2],
  ],
  transformMapEntry: [
    [2, 1],
    [2, 2],
  ],
  optMap: [[1, 1]],
  optFlatMap: [[1, 1]],
  sortBy: [[1, 1]],
};

/** The internal name of a loop's accumulator (`parser.AccumulatorName`). */
const accumulator = "__result__";

/**
 * Turns a call into a macro, if its name and the number of its arguments are those of a macro.
 *
 * @throws CelError if the arguments do not fit the macro.
 */
export function expand(call: Call): Node {
  const { name, target, args, at } = call;
  if (target === undefined) return name === "has" && args.length === 1 ? presence(args[0] as Node, at) : call;
  if (name === "bind" && target.is === "name" && target.name === "cel" && args.length === 3) {
    const [bound, range, result] = args as [Node, Node, Node];
    return { is: "macro", name, range, names: [boundName(bound, "cel.bind")], args: [result], at };
  }
  const shape = own(macros, name)?.find(([names, further]) => names + further === args.length);
  // Only some versions have `all(x, y, …)`, but no function with three arguments has this name.
  if (shape === undefined) return call;
  const names = args.slice(0, shape[0]).map((arg) => boundName(arg, name));
  if (new Set(names).size < names.length) throw new CelError(`${name} binds the same name twice`, at);
  const isLoop = !name.startsWith("opt");
  if (isLoop && names.includes(accumulator)) throw new CelError(`${name} cannot bind ${accumulator}`, at);
  return { is: "macro", name, range: target, names, args: args.slice(shape[0]), at };
}

function presence(of: Node, at: number): Node {
  if (of.is !== "select" || of.optional)
    throw new CelError("the argument of has() must be a field: has(object.field)", of.at);
  return { is: "has", of: of.of, field: of.field, at };
}

function boundName(arg: Node, macro: string): string {
  if (arg.is === "name" && !arg.name.startsWith(".")) return arg.name;
  throw new CelError(`the first argument of ${macro} must be a name`, arg.at);
}
