import { CelError, type Macro, type Node } from "./ast.ts";
import * as types from "./types.ts";
import { type Type, typeText, unwrapped } from "./types.ts";
import type { Bindings } from "./unify.ts";

/** The types of the names that a macro introduces. @param range the type that it is applied to */
export function boundTypes({ name, names, range: node, at }: Macro, range: Type, bindings: Bindings): Type[] {
  if (name === "bind") return [range];
  return name.startsWith("opt") ? [held(range, at, bindings)] : elements(range, names.length, node.at, bindings);
}

function held(type: Type, at: number, bindings: Bindings): Type {
  if (type.kind === "dyn") return bindings.newType();
  const inner = unwrapped(type);
  if (inner === undefined) throw new CelError(`a value of type ${typeText(type)} is not optional`, at);
  return inner;
}

/** The types that a macro binds its names to: elements or keys; with two names, indexes or keys, and elements. */
function elements(type: Type, count: number, at: number, bindings: Bindings): Type[] {
  const [first = types.dyn, second = types.dyn] = type.of;
  if (type.kind === "list") return count === 1 ? [first] : [types.int, first];
  if (type.kind === "map") return [first, second];
  if (type.kind !== "dyn" && type.kind !== "param")
    throw new CelError(`cannot iterate over a value of type ${typeText(type)}`, at);
  bindings.fit([types.dyn], [type]);
  return [types.dyn, types.dyn];
}

/** The type of a macro. @param results the types of its arguments */
export function macroResult(
  { name, args, at }: Macro,
  range: Type,
  bound: readonly Type[],
  results: readonly Type[],
  bindings: Bindings,
): Type {
  const [first = types.dyn, last = first] = [results[0], results.at(-1)];
  const demandBool = () => mustBeBool(first, args[0] as Node, bindings);
  switch (name) {
    case "filter":
      demandBool();
      return types.listOf(bound[0] ?? types.dyn);
    case "map":
    case "transformList":
      if (results.length === 2) demandBool();
      return types.listOf(last);
    case "transformMap":
      if (results.length === 2) demandBool();
      return types.mapOf(bound[0] ?? types.dyn, last);
    case "transformMapEntry":
      if (results.length === 2) demandBool();
      if (last.kind !== "map" && last.kind !== "dyn") throw new CelError("the entry must be a map", at);
      return last;
    case "optMap":
      return types.optionalOf(last);
    case "optFlatMap":
      return optionalResult(last, at, bindings);
    case "bind":
      return last;
    case "sortBy":
      return range;
    default:
      demandBool();
      return types.bool;
  }
}

function optionalResult(type: Type, at: number, bindings: Bindings): Type {
  const result = bindings.newType();
  if (bindings.fit([type, types.optionalOf(bindings.newType())], [result, result])) return bindings.filled(result);
  throw new CelError(`the result is of type ${typeText(bindings.filled(type, true))}, which is not optional`, at);
}

function mustBeBool(type: Type, { at }: Node, bindings: Bindings): void {
  if (!bindings.fit([type], [types.bool]))
    throw new CelError(`the condition is of type ${typeText(bindings.filled(type, true))}, not bool`, at);
}
