import type { JsonObject } from "../../core/json.ts";
import { when } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { numberOf, textOf } from "../../vocabulary/text.ts";

// What the admission plugins that every API server runs by default ask of a Pod. They see Pods only, not templates.

/** Priorities of the classes that every cluster has. Of others, nothing is known here. */
export const builtInPriorities: Readonly<Record<string, number>> = {
  "": 0,
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

function priorityOf(spec: JsonObject): number | undefined {
  const name = textOf(spec.priorityClassName);
  return Object.hasOwn(builtInPriorities, name) ? builtInPriorities[name] : undefined;
}

/** A priority comes from its class; a number beside it must be the same (plugin Priority). */
export const priority: Check = (value, at) => {
  const computed = priorityOf(at.parent);
  if (value === undefined || computed === undefined || numberOf(value) === computed) return;
  at.forbidden(
    `with the value ${numberOf(value)}: the priority class makes it ${computed}`,
    "Set priorityClassName instead.",
  );
};

/** So does the policy of preemption (plugin Priority). */
export const preemptionPolicy: Check = (value, at) => {
  if (value === undefined || priorityOf(at.parent) === undefined || value === "PreemptLowerPriority") return;
  at.forbidden(
    `with the value ${at.show(value)}: the priority class says PreemptLowerPriority`,
    "Remove it, or set priorityClassName.",
  );
};

/** Overhead is that of the runtime class (plugin RuntimeClass). */
export const overheadOfClass: Check = when(
  ({ runtimeClassName }) => isUnset(runtimeClassName),
  (value, at) => {
    if (value !== undefined) at.forbidden("without a runtime class that has it", "Set runtimeClassName instead.");
  },
);
