import { type Call, CelError, type Node } from "./ast.ts";
import type { Kind, Type } from "./types.ts";
import { typeText } from "./types.ts";

/** The types that each format clause accepts. */
const clauses: Readonly<Record<string, readonly Kind[]>> = {
  s: "string bool bytes int uint double null_type list map type duration timestamp".split(" ") as Kind[],
  d: ["int", "uint"],
  // The strings NaN and Infinity.
  f: ["double", "string"],
  e: ["double", "string"],
  b: ["int", "uint", "bool"],
  o: ["int", "uint"],
  x: ["int", "uint", "string", "bytes"],
  X: ["int", "uint", "string", "bytes"],
};

/**
 * Checks a literal format whose arguments are in a list literal, before anything is evaluated.
 *
 * @throws CelError if a clause is invalid, or does not fit its argument.
 */
export function checkFormat({ target, args, at }: Call, typeAt: (node: Node) => Type): void {
  const given = args[0];
  if (target?.is !== "literal" || typeof target.value !== "string" || given?.is !== "list") return;
  let next = 0;
  for (const [clause, verb] of target.value.matchAll(/%(?:%|(?:\.\d+)?(.)?)/gs)) {
    if (clause === "%%") continue;
    const takes = Object.hasOwn(clauses, verb ?? "") ? clauses[verb ?? ""] : undefined;
    if (takes === undefined) throw new CelError(`${clause} is not a valid format clause`, target.at);
    const argument = given.items[next++]?.value;
    if (argument === undefined) throw new CelError(`clause ${next} of the format has no argument`, at);
    const type = typeAt(argument);
    if (type.kind !== "dyn" && !takes.includes(type.kind)) {
      throw new CelError(`${clause} does not accept ${typeText(type)}`, argument.at);
    }
  }
  if (next < given.items.length)
    throw new CelError(`the format needs ${next} arguments, not ${given.items.length}`, at);
}
