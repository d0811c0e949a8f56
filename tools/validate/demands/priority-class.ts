import { isObject } from "../../core/json.ts";
import { onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import { isNumber } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { exactlyOneWordOf, numberOf, textOf } from "../../vocabulary/text.ts";
import { builtInPriorities } from "./pod-admission.ts";

const largest = 1_000_000_000;

/** Names that begin with system- are reserved for Kubernetes (`ValidatePriorityClass`). */
const reserved = onObject(({ metadata, value, globalDefault }, at) => {
  const name = isObject(metadata) ? textOf(metadata.name) : "";
  if (!name.startsWith("system-")) {
    if (isNumber(value) && value > largest)
      at.under("value", () => at.forbidden(`above ${largest} in a user-defined class`, "Lower it."));
  } else if (builtInPriorities[name] !== numberOf(value) || globalDefault === true) {
    at.beneath(["metadata", "name"], () =>
      at.forbidden("to begin with system-, which is reserved for Kubernetes", "Choose another name."),
    );
  }
});

const policy: Check = (value, at) => {
  if (value === "") at.say("Required", "is empty", "Remove it, or set it to PreemptLowerPriority or Never.");
  else exactlyOneWordOf("PreemptLowerPriority", "Never")(value, at);
};

/** https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/ */
export const priorityClass: TypeDemands = {
  "scheduling.v1.PriorityClass": [reserved, { preemptionPolicy: policy }],
};
