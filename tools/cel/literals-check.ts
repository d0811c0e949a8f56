import { isRegex } from "../core/regex.ts";
import { type Call, CelError, type Item, type Node } from "./ast.ts";
import { evaluate, type Run } from "./evaluate.ts";
import { Fault } from "./fault.ts";
import { checkFormat } from "./format-check.ts";
import { sameType, type Type, typeText, unwrapped } from "./types.ts";
import type { Value } from "./values.ts";

/** The context for checking literals. */
interface Checks {
  readonly typeAt: (node: Node) => Type;
  readonly overloads: Run["overloads"];
}

/**
 * Checks what is known before evaluation, once the types are valid: patterns, conversions of constants (`int('x')`),
 * and lists and maps with elements of different types, which only a format accepts. These are validators of cel-go
 * (cel/validator.go), and constants that its planner evaluates (interpreter/decorators.go).
 *
 * @throws CelError if a check fails.
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
      throw new CelError(`${JSON.stringify(pattern)} is not a valid regular expression`, node.at);
    }
  }
}

/** The arguments that are checked as patterns; for `matches(text, pattern)`, that includes a literal text. */
function patternsOf({ name, target, args }: Call): readonly Node[] {
  if (target !== undefined) return ["matches", "find", "findAll"].includes(name) ? args.slice(0, 1) : [];
  return name === "matches" ? args.filter((arg, index) => index === 1 || arg.is === "literal") : [];
}

const conversions = new Set("bool bytes double duration dyn int string timestamp type uint".split(" "));

/** The value of a conversion of a constant; undefined for any other call. */
function converted(call: Call, checks: Checks): Value | undefined {
  const [arg, ...others] = call.args;
  const isConversion = call.target === undefined && conversions.has(call.name.replace(/^\./, ""));
  if (!isConversion || arg === undefined || others.length > 0 || constant(arg, checks) === undefined) return undefined;
  const value = attempt(call, checks);
  if (value instanceof Fault) throw new CelError(`cannot evaluate ${call.name}: ${value.message}`, arg.at);
  return value;
}

/** The value of a literal, of a list or map of literals, or of a conversion of these; undefined for anything else. */
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
