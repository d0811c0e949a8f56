import { type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords, isLasting, runningIn } from "../lib/containers.ts";
import { entrancesOf } from "../lib/traffic.ts";

/** The API server itself rejects a `preStop.sleep` that is longer than the grace period. */
export const gracePeriod = definePolicy({
  id: "reliability/grace-period",
  severity: "warning",
  why: "A container is killed at the end of its grace period, whatever it is doing; the time that preStop takes counts, too. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
  fix: "Increase terminationGracePeriodSeconds to leave time for preStop and for requests in progress.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || !isLasting(resource)) return;
    const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
    if (grace === 0) {
      // Pods without clients may stop at once: node agents, placeholders for other pods.
      if (resource.kind !== "StatefulSet" && entrancesOf(resource, context).length === 0) return;
      const pointer = `${pod.specPointer}/terminationGracePeriodSeconds`;
      yield { pointer, message: `${resource.kind} ${resource.name} kills its pods without letting them shut down` };
      return;
    }
    for (const container of runningIn(resource)) {
      const preStop = objectAt(objectAt(container.object, "lifecycle"), "preStop");
      const seconds = sleepOf(preStop);
      // A variable such as ${GRACE} is not a number, and is not compared.
      if (seconds === undefined || !(seconds >= Number(grace))) continue;
      const pointer = `${container.pointer}/lifecycle/preStop/exec/command`;
      const message = `${inWords(container, resource)} sleeps for ${seconds} s before it stops, but is killed after ${grace} s`;
      yield { pointer, message };
    }
  },
});

/** How many seconds a command sleeps: `sleep 30`, alone or in a shell command. */
function sleepOf(preStop: JsonObject | undefined): number | undefined {
  const line = listAt(objectAt(preStop, "exec"), "command").join(" ");
  const seconds = /(?:^|[\s;&/])sleep (\d{1,6})s?(?:$|[\s;&])/.exec(line)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
