import { type Call, CelError, type Node } from "./ast.ts";
import type { Kind, Type } from "./types.ts";
import { typeText } from "./types.ts";

/** What each clause of a format takes. */
const clauses: Readonly<Record<string, readonly Kind[]>> = {
  s: "string bool bytes int uint double null_type list map type duration timestamp".split(" ") as Kind[],
  d: ["int", "uint"],
  // The words for what is no number: NaN, Infinity.
  f: ["double", "string"],
  e: ["double", "string"],
  b: ["int", "uint", "bool"],
  o: ["int", "uint"],
  x: ["int", "uint", "string", "bytes"],
  X: ["int", "uint", "string", "bytes"],
};

/** A format that is a literal, with its arguments in a list literal, is looked at before anything is evaluated. */
export function checkFormat({ target, args, at }: Call, typeAt: (node: Node) => Type): void {
  const given = args[0];
  if (target?.is !== "literal" || typeof target.value !== "string" || given?.is !== "list") return;
  let next = 0;
  for (const [clause, verb] of target.value.matchAll(/%(?:%|(?:\.\d+)?(.)?)/gs)) {
    if (clause === "%%") continue;
    const takes = Object.hasOwn(clauses, verb ?? "") ? clauses[verb ?? ""] : undefined;
    if (takes === undefined) throw new CelError(`${clause} is no clause of a format`, target.at);
    const argument = given.items[next++]?.value;
    if (argument === undefined) throw new CelError(`there is no argument for the clause ${next} of the format`, at);
    const type = typeAt(argument);
    if (type.kind !== "dyn" && !takes.includes(type.kind)) {
      throw new CelError(`${clause} does not take ${typeText(type)}`, argument.at);
    }
  }
  if (next < given.items.length)
    throw new CelError(`the format takes ${next} arguments, not ${given.items.length}`, at);
}
