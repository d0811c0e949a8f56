import { checkOf, type Demand } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";

/**
 * What is asked of Pods only. In a Pod it is refused at once; a template with it is accepted, and every Pod that is made
 * from the template is refused: it applies and never works (`apply/pods-rejected`).
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
