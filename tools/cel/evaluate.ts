import { type Call, type Macro, type Node, qualifiedName } from "./ast.ts";
import { Fault, Unsupported } from "./fault.ts";
import { foldMacro, truth } from "./fold.ts";
import type { Overload } from "./signatures.ts";
import { isA } from "./value-types.ts";
import { CelMap, isList, Optional, TypeValue, type Value } from "./values.ts";

/** The context of an evaluation. */
export interface Run {
  readonly overloads: (name: string) => readonly Overload[];
  /** The value of a variable; undefined if there is no variable of this name. */
  readonly variable: (name: string) => Value | undefined;
}

/**
 * The value of a checked expression.
 *
 * @throws Fault if the API server's evaluation would end with an error.
 * @throws Unsupported if it needs something that is not evaluated here.
 */
export function evaluate(node: Node, run: Run): Value {
  switch (node.is) {
    case "literal":
      return node.value;
    case "name":
      return named(node.name, run);
    case "select":
      return select(node, run);
    case "has":
      return has(node, run);
    case "call":
      return call(node, run);
    case "list":
      return node.items.flatMap(({ value, optional }) => given(evaluate(value, run), optional));
    case "map":
      return new CelMap(
        node.entries.flatMap(({ key, value, optional }) => {
          const [one] = given(evaluate(value, run), optional);
          return one === undefined ? [] : [[evaluate(key, run), one] as const];
        }),
      );
    case "struct":
      if (/^\.?google\.protobuf\./.test(node.type)) throw new Unsupported(`the message ${node.type}`);
      return new CelMap(
        node.fields.flatMap(({ name, value, optional }) => {
          const [one] = given(evaluate(value, run), optional);
          return one === undefined ? [] : [[name, one] as const];
        }),
        node.type,
      );
    case "macro":
      return macro(node, run);
  }
}

/** The value that an element adds to a literal; none for an empty optional. */
function given(value: Value, optional: boolean): Value[] {
  if (!optional) return [value];
  if (!(value instanceof Optional)) throw new Fault("the value after ? is not optional");
  return value.value === undefined ? [] : [value.value];
}

const types = new Set(
  "bool int uint double string bytes list map type null_type optional_type net.IP net.CIDR".split(" "),
);
const isType = (name: string) => types.has(name) || name.startsWith("google.protobuf.");

function named(name: string, run: Run): Value {
  const plain = name.replace(/^\./, "");
  const value = run.variable(plain);
  if (value !== undefined) return value;
  if (isType(plain)) return new TypeValue(plain);
  throw new Unsupported(`the variable ${name}`);
}

function select(node: Extract<Node, { is: "select" }>, run: Run): Value {
  const name = qualifiedName(node);
  const variable = name === undefined ? undefined : run.variable(name);
  if (variable !== undefined) return variable;
  if (name !== undefined && isType(name)) return new TypeValue(name);
  const operand = evaluate(node.of, run);
  if (operand instanceof Optional) return operand.value === undefined ? operand : found(operand.value, node.field);
  if (node.optional) return found(operand, node.field);
  const value = fieldOf(operand, node.field);
  if (value === undefined) throw new Fault(`no such key: ${node.field}`);
  return value;
}

function found(operand: Value, field: string): Optional {
  const value = fieldOf(operand, field);
  return value === undefined ? Optional.none : new Optional(value);
}

function fieldOf(operand: Value, field: string): Value | undefined {
  if (operand instanceof CelMap) return operand.get(field);
  throw new Fault(`no such overload: the value is not an object, and has no field ${field}`);
}

function has({ of, field }: Extract<Node, { is: "has" }>, run: Run): boolean {
  const operand = evaluate(of, run);
  if (operand instanceof Optional) return operand.value !== undefined && fieldOf(operand.value, field) !== undefined;
  return fieldOf(operand, field) !== undefined;
}

function call(node: Call, run: Run): Value {
  const { name, target, args } = node;
  if (name === "_&&_") return logical(args, false, run);
  if (name === "_||_") return logical(args, true, run);
  if (name === "_?_:_") return evaluate(args[truth(evaluate(args[0] as Node, run)) ? 1 : 2] as Node, run);
  if (target === undefined)
    return apply(
      name,
      args.map((arg) => evaluate(arg, run)),
      false,
      run,
    );
  const prefix = qualifiedName(target);
  if (prefix !== undefined && run.overloads(`${prefix}.${name}`).length > 0) {
    return apply(
      `${prefix}.${name}`,
      args.map((arg) => evaluate(arg, run)),
      false,
      run,
    );
  }
  const receiver = evaluate(target, run);
  if (receiver instanceof Optional && (name === "or" || name === "orValue")) {
    if (receiver.value !== undefined) return name === "or" ? receiver : receiver.value;
    return evaluate(args[0] as Node, run);
  }
  return apply(name, [receiver, ...args.map((arg) => evaluate(arg, run))], true, run);
}

/** `&&` and `||`: if the second operand decides the result, a fault of the first does not matter. */
function logical([left, right]: readonly Node[], decides: boolean, run: Run): boolean {
  let fault: Fault | undefined;
  for (const side of [left, right]) {
    try {
      if (truth(evaluate(side as Node, run)) === decides) return decides;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return !decides;
}

function apply(name: string, args: readonly Value[], isMember: boolean, run: Run): Value {
  for (const { params, isMember: member, run: implementation } of run.overloads(name.replace(/^\./, ""))) {
    if (member !== isMember || params.length !== args.length) continue;
    if (!params.every((type, index) => isA(args[index] as Value, type))) continue;
    if (implementation === undefined) throw new Unsupported(`the function ${name}`);
    return implementation(...(args as never[]));
  }
  throw new Fault(`no such overload: ${name}`);
}

function macro(node: Macro, run: Run): Value {
  const range = evaluate(node.range, run);
  const bind = (values: readonly Value[]): Run => {
    const bound = new Map(node.names.map((name, index) => [name, values[index] as Value]));
    return { ...run, variable: (name) => bound.get(name) ?? (bound.has(name) ? null : run.variable(name)) };
  };
  if (node.name === "bind") return evaluate(node.args[0] as Node, bind([range]));
  if (node.name.startsWith("opt")) return optional(node, range, bind);
  if (!isList(range) && !(range instanceof CelMap))
    throw new Fault("no such overload: the value is neither a list nor a map");
  return foldMacro(node, range, (arg, values) => evaluate(arg, bind(values)));
}

function optional({ name, args }: Macro, range: Value, bind: (values: readonly Value[]) => Run): Value {
  if (!(range instanceof Optional)) throw new Fault(`no such overload: ${name}`);
  if (range.value === undefined) return range;
  const value = evaluate(args[0] as Node, bind([range.value]));
  return name === "optMap" ? new Optional(value) : value;
}
