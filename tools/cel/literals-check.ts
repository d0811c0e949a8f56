import { isRegex } from "../core/regex.ts";
import { type Call, CelError, type Item, type Node } from "./ast.ts";
import { evaluate, type Run } from "./evaluate.ts";
import { Fault } from "./fault.ts";
import { checkFormat } from "./format-check.ts";
import { sameType, type Type, typeText, unwrapped } from "./types.ts";
import type { Value } from "./values.ts";

/** What a literal is looked at by. */
interface Checks {
  readonly typeAt: (node: Node) => Type;
  readonly overloads: Run["overloads"];
}

/**
 * Looks at what is known before anything is evaluated, once the types agree: at patterns, at conversions of constants
 * (`int('x')`), and at lists and maps whose elements are not all of one type, which only a format takes. These are
 * validators of cel-go (cel/validator.go), and what its planner works out beforehand (interpreter/decorators.go).
 */
export function checkLiterals(node: Node, checks: Checks, isFormatted = false): void {
  if (node.is === "call") checkCall(node, checks);
  if (!isFormatted) checkTypes(node, checks.typeAt);
  const formats = isFormatted || (node.is === "call" && node.name === "format");
  for (const child of children(node)) checkLiterals(child, checks, formats);
}

function checkTypes(node: Node, typeAt: Checks["typeAt"]): void {
  if (node.is === "list") sameTypes(node.items, typeAt);
  if (node.is === "map") {
    sameTypes(node.entries, typeAt);
    sameTypes(
      node.entries.map(({ key }) => ({ value: key, optional: false })),
      typeAt,
    );
  }
}

function checkCall(call: Call, checks: Checks): void {
  if (call.name === "format") checkFormat(call, checks.typeAt);
  converted(call, checks);
  for (const node of patternsOf(call)) {
    const pattern = constant(node, checks);
    if (typeof pattern === "string" && !isRegex(pattern)) {
      throw new CelError(`${JSON.stringify(pattern)} is no regular expression`, node.at);
    }
  }
}

/** The arguments that are read as patterns. What `matches(text, pattern)` is about is taken for one, too, if it is a literal. */
function patternsOf({ name, target, args }: Call): readonly Node[] {
  if (target !== undefined) return ["matches", "find", "findAll"].includes(name) ? args.slice(0, 1) : [];
  return name === "matches" ? args.filter((arg, index) => index === 1 || arg.is === "literal") : [];
}

const conversions = new Set("bool bytes double duration dyn int string timestamp type uint".split(" "));

/** What a conversion makes of a constant; undefined when it is none. */
function converted(call: Call, checks: Checks): Value | undefined {
  const [arg, ...others] = call.args;
  const isConversion = call.target === undefined && conversions.has(call.name.replace(/^\./, ""));
  if (!isConversion || arg === undefined || others.length > 0 || constant(arg, checks) === undefined) return undefined;
  const value = attempt(call, checks);
  if (value instanceof Fault) throw new CelError(`${call.name} has no value here: ${value.message}`, arg.at);
  return value;
}

/** The value of a literal, of a list or a map of literals, and of conversions of these; undefined of anything else. */
function constant(node: Node, checks: Checks): Value | undefined {
  if (node.is === "literal") return node.value;
  if (node.is === "call") return converted(node, checks);
  if (node.is !== "list" && node.is !== "map") return undefined;
  if (!children(node).every((child) => constant(child, checks) !== undefined)) return undefined;
  const value = attempt(node, checks);
  return value instanceof Fault ? undefined : value;
}

function attempt(node: Node, { overloads }: Checks): Value | Fault {
  try {
    return evaluate(node, { overloads, variable: () => undefined });
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function sameTypes(items: readonly Item[], typeAt: Checks["typeAt"]): void {
  let first: Type | undefined;
  for (const { value, optional } of items) {
    const given = typeAt(value);
    const type = optional ? (unwrapped(given) ?? given) : given;
    first ??= type;
    if (!sameType(first, type)) throw new CelError(`expected ${typeText(first)}, not ${typeText(type)}`, value.at);
  }
}

function children(node: Node): readonly Node[] {
  switch (node.is) {
    case "select":
    case "has":
      return [node.of];
    case "call":
      return node.target === undefined ? node.args : [node.target, ...node.args];
    case "list":
      return node.items.map(({ value }) => value);
    case "map":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "struct":
      return node.fields.map(({ value }) => value);
    case "macro":
      return [node.range, ...node.args];
    default:
      return [];
  }
}
