import { type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords, isLasting, runningIn } from "../lib/containers.ts";
import { entrancesOf } from "../lib/traffic.ts";

/** That `preStop.sleep` is no longer than the grace period is the API server's own demand. */
export const gracePeriod = definePolicy({
  id: "reliability/grace-period",
  severity: "warning",
  why: "At the end of its grace period a container is killed, whatever it is doing; what it does before it is told to stop counts. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
  fix: "Give terminationGracePeriodSeconds room for preStop and for the requests that are under way.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || !isLasting(resource)) return;
    const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
    if (grace === 0) {
      // What nobody waits for may well go at once: agents of a node, pods that only keep room for others.
      if (resource.kind !== "StatefulSet" && entrancesOf(resource, context).length === 0) return;
      const pointer = `${pod.specPointer}/terminationGracePeriodSeconds`;
      yield { pointer, message: `${resource.kind} ${resource.name} kills its pods without letting them stop` };
      return;
    }
    for (const container of runningIn(resource)) {
      const preStop = objectAt(objectAt(container.object, "lifecycle"), "preStop");
      const seconds = sleepOf(preStop);
      if (seconds === undefined || seconds < Number(grace)) continue;
      const pointer = `${container.pointer}/lifecycle/preStop/exec/command`;
      const message = `${inWords(container, resource)} sleeps for ${seconds} s before it stops, and is killed after ${grace} s`;
      yield { pointer, message };
    }
  },
});

/** For how long a command sleeps: `sleep 30`, alone or in a line of a shell. */
function sleepOf(preStop: JsonObject | undefined): number | undefined {
  const line = listAt(objectAt(preStop, "exec"), "command").join(" ");
  const seconds = /(?:^|[\s;&/])sleep (\d{1,6})s?(?:$|[\s;&])/.exec(line)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
