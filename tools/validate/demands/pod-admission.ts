import type { JsonObject } from "../../core/json.ts";
import { when } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { numberOf, textOf } from "../../vocabulary/text.ts";

// The checks of the admission plugins that every API server runs by default. They see only Pods, not templates.

/** The priorities of the classes that every cluster has; those of other classes are unknown here. */
export const builtInPriorities: Readonly<Record<string, number>> = {
  "": 0,
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

function priorityOf(spec: JsonObject): number | undefined {
  const name = textOf(spec.priorityClassName);
  return Object.hasOwn(builtInPriorities, name) ? builtInPriorities[name] : undefined;
}

/** The priority class sets the priority; a given number must equal it (plugin Priority). */
export const priority: Check = (value, at) => {
  const computed = priorityOf(at.parent);
  if (value === undefined || computed === undefined || numberOf(value) === computed) return;
  at.forbidden(
    `with the value ${numberOf(value)}: the priority class sets it to ${computed}`,
    "Set priorityClassName instead.",
  );
};

/** The priority class sets the preemption policy, too (plugin Priority). */
export const preemptionPolicy: Check = (value, at) => {
  if (value === undefined || priorityOf(at.parent) === undefined || value === "PreemptLowerPriority") return;
  at.forbidden(
    `with the value ${at.show(value)}: the priority class sets it to PreemptLowerPriority`,
    "Remove it or set priorityClassName.",
  );
};

/** The overhead comes from the runtime class (plugin RuntimeClass). */
export const overheadOfClass: Check = when(
  ({ runtimeClassName }) => isUnset(runtimeClassName),
  (value, at) => {
    if (value !== undefined) at.forbidden("without a runtime class that defines it", "Set runtimeClassName instead.");
  },
);
