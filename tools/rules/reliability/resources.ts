import { type Container, podKinds } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isLimited, isReserved } from "../lib/amounts.ts";
import { inWords, placeOf, runningIn } from "../lib/containers.ts";
import { isSizedByAutoscaler } from "../lib/scale.ts";

/** Does not ask for a CPU limit: it slows a container down even while its node is idle. */
export const resources = definePolicy({
  id: "reliability/resources",
  severity: "warning",
  why: "Without requests, the scheduler puts pods on nodes that have no room for them, and they are evicted first; without a memory limit, one leak uses up all memory of the node. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  fix: "Set resources.requests for cpu and memory, and resources.limits for memory.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const isSized = isSizedByAutoscaler(resource, context);
    for (const container of runningIn(resource)) {
      const lacks = missingFrom(container, resource, context, isSized);
      if (lacks.length === 0) continue;
      yield {
        pointer: placeOf(container, "resources"),
        message: `${inWords(container, resource)} has ${lacks.join(", ")}`,
      };
    }
  },
});

function missingFrom(container: Container, resource: Resource, context: TargetContext, isSized: boolean): string[] {
  const requests = isSized ? [] : ["cpu", "memory"].filter((name) => !isReserved(name, container, resource, context));
  return [
    ...requests.map((name) => `no ${name} request`),
    ...(isLimited("memory", container, resource, context) ? [] : ["no memory limit"]),
  ];
}
