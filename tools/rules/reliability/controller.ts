import { isObject, own } from "../../core/json.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { demands } from "../lib/demands/index.ts";
import { valuesAt } from "../lib/places.ts";
import { unfitReferences } from "../lib/rollout-references.ts";
import { groupKind, withoutGroups } from "../lib/target.ts";

/** What each controller demands is a table: see `lib/demands`. */
export const controller = definePolicy({
  id: "reliability/controller",
  severity: "error",
  why: "The API server accepts what the schema of a custom resource allows, but its controller demands more. It reports what it rejects only in the status of the object or in its log, and does nothing.",
  fix: "Change the field as the finding describes.",
  match: { kind: withoutGroups(Object.keys(demands)) },
  *check(resource, context): Generator<Violation> {
    const { kind, name, object } = resource;
    const spec = isObject(object.spec) ? object.spec : {};
    for (const { path, judge } of own(demands, groupKind(resource)) ?? []) {
      for (const { value, pointer } of valuesAt(object, path)) {
        // Flux may substitute it.
        if (typeof value === "string" && hasVariable(value)) continue;
        const { does, at = "", ...rest } = judge(value, spec) ?? {};
        if (does !== undefined) yield { ...rest, pointer: pointer + at, message: `${kind} ${name} ${does}` };
      }
    }
    if (kind === "Rollout") yield* unfitReferences(resource, context);
  },
});
