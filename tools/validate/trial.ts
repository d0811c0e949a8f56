import type { Problem } from "../core/finding.ts";
import type { JsonObject } from "../core/json.ts";
import { Place } from "../vocabulary/place.ts";
import type { Kind } from "./shape.ts";
import { walk } from "./walk.ts";

/** The problems that an object of a kind would have, including those of rules that only run if nothing else is wrong. */
export function problemsOf(
  object: JsonObject,
  { type, isBuiltIn }: Kind,
  { apiVersion, kind, asked }: Place,
): Problem[] {
  const [shape, rules] = [new Place(object, apiVersion, kind, asked), new Place(object, apiVersion, kind, asked)];
  shape.isBuiltIn = isBuiltIn;
  walk(object, { is: "type", type, nullable: false }, shape);
  type.demand?.(object, rules);
  return [...shape.problems, ...rules.problems];
}
