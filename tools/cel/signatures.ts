import { readType, splitTypes, type Type } from "./types.ts";
import type { Value } from "./values.ts";

/** The implementation of a function for values of the types in its signature. */
type Implementation = (...args: never[]) => Value;

/**
 * Functions by their signatures: `size(string) -> int`, or `(string).contains(string) -> bool` for a method. Capital
 * letters are type parameters. A function without an implementation is checked, but not evaluated.
 */
export type Functions = Readonly<Record<string, Implementation | undefined>>;

export interface Overload {
  readonly isMember: boolean;
  readonly params: readonly Type[];
  readonly result: Type;
  /** The letters of its type parameters. */
  readonly open: readonly string[];
  readonly run: Implementation | undefined;
}

/** Functions that were added to the language together. */
export interface Library {
  /** The first Kubernetes version that accepts them in new expressions; `""` for all versions. */
  readonly from: string;
  readonly functions: Functions;
  /** Macros, each with the number of names that it binds: `all/2`. */
  readonly macros?: readonly string[];
  /** Types whose names are values. */
  readonly types?: readonly string[];
}

/** Parses a signature into the function's name and its overload. */
export function readSignature(text: string, run: Implementation | undefined): [name: string, overload: Overload] {
  const [call = "", result = ""] = text.split(" -> ");
  const isMember = call.startsWith("(");
  const dot = isMember ? closing(call, 0) + 1 : -1;
  const open = call.indexOf("(", dot + 1);
  const name = call.slice(dot + 1, open);
  const params = splitTypes(call.slice(open + 1, -1));
  if (isMember) params.unshift(call.slice(1, dot - 1));
  const types = params.map(readType);
  const letters = [...new Set(types.flatMap(lettersIn))];
  return [name, { isMember, params: types, result: readType(result), open: letters, run }];
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    if (text[index] === "(") depth++;
    if (text[index] === ")" && --depth === 0) return index;
  }
  return text.length;
}

function lettersIn({ kind, name, of }: Type): string[] {
  return kind === "param" ? [name] : of.flatMap(lettersIn);
}
