import { type Checked, check } from "./check.ts";
import type { Environment } from "./environment.ts";
import { parse } from "./parse.ts";

/**
 * Parses an expression and finds its type.
 *
 * @throws CelError if the API server would reject it.
 */
export function compile(source: string, environment: Environment): Checked {
  return check(parse(source), environment);
}
