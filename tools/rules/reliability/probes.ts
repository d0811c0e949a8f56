import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords, isLasting, runningIn } from "../lib/containers.ts";
import { answersOn, entrancesOf } from "../lib/traffic.ts";

/**
 * Does not ask for a liveness probe: a wrong one restarts working containers. A startup probe will do, since a pod is not
 * ready until it succeeds.
 */
export const probes = definePolicy({
  id: "reliability/probes",
  severity: "warning",
  why: "Without a readiness probe, a pod counts as ready as soon as its process runs: a rollout continues with the next pod, and requests are sent to pods that cannot answer yet, or no longer can. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
  fix: "Add a readinessProbe for the port that serves requests.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    if (!isLasting(resource)) return;
    const entrances = entrancesOf(resource, context);
    const containers = runningIn(resource);
    for (const container of containers) {
      const { readinessProbe, startupProbe } = container.object;
      if ((readinessProbe ?? startupProbe ?? null) !== null) continue;
      const entrance = entrances.find((one) => answersOn(container, one, containers));
      if (entrance === undefined) continue;
      const { service, port } = entrance;
      const by = service === undefined ? `serves port ${port}` : `serves Service ${service.name} on port ${port}`;
      yield {
        pointer: container.pointer,
        message: `${inWords(container, resource)} ${by}, but has no readiness probe`,
      };
    }
  },
});
