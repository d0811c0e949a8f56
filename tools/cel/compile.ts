import { type Checked, check } from "./check.ts";
import type { Environment } from "./environment.ts";
import { parse } from "./parse.ts";

/**
 * Reads an expression and finds its type.
 *
 * @throws CelError when the API server would refuse it.
 */
export function compile(source: string, environment: Environment): Checked {
  return check(parse(source), environment);
}
