import { checkOf, type Demand } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";

/**
 * A check that the API server runs on Pods only. It accepts a template that fails the check and rejects every Pod made
 * from it, so the workload applies but never works (`apply/pods-rejected`).
 */
export function ofPods(demand: Demand): Check {
  const check = checkOf(demand);
  return (value, at) => {
    if (at.kind === "PodTemplate") return;
    const outer = at.rule;
    if (at.kind !== "Pod") at.rule = "apply/pods-rejected";
    check(value, at);
    at.rule = outer;
  };
}
