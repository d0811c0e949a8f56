import { isRegex } from "../core/regex.ts";
import { type Call, CelError, type Item, type Node } from "./ast.ts";
import { checkFormat } from "./format-check.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import { sameType, type Type, typeText, unwrapped } from "./types.ts";

type TypeAt = (node: Node) => Type;

/** What a literal given to these functions must be. */
const readable: Readonly<Record<string, readonly [fits: (text: string) => boolean, what: string]>> = {
  duration: [(text) => parseDuration(text) !== undefined, "duration"],
  timestamp: [(text) => parseTimestamp(text) !== undefined, "timestamp"],
  matches: [isRegex, "regular expression"],
};

/**
 * Looks at literals, as cel-go's validators do once the types agree: at what is given to some functions, and at lists and
 * maps whose elements are not all of one type, which only a format takes.
 */
export function checkLiterals(node: Node, typeAt: TypeAt): void {
  if (node.is === "call") checkCall(node, typeAt);
  if (node.is === "list") sameTypes(node.items, typeAt);
  if (node.is === "map") {
    sameTypes(node.entries, typeAt);
    sameTypes(
      node.entries.map(({ key }) => ({ value: key, optional: false })),
      typeAt,
    );
  }
  if (node.is === "call" && node.name === "format") return;
  for (const child of children(node)) checkLiterals(child, typeAt);
}

function checkCall(call: Call, typeAt: TypeAt): void {
  if (call.name === "format") checkFormat(call, typeAt);
  const rule = Object.hasOwn(readable, call.name) ? readable[call.name] : undefined;
  if (rule === undefined) return;
  for (const arg of call.args) {
    if (arg.is !== "literal" || typeof arg.value !== "string" || rule[0](arg.value)) continue;
    throw new CelError(`${JSON.stringify(arg.value)} is no ${rule[1]}`, arg.at);
  }
}

function sameTypes(items: readonly Item[], typeAt: TypeAt): void {
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
