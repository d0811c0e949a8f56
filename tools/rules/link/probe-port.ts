import { containersOf, podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { handlersOf } from "../lib/handlers.ts";
import { portsOf, portWords } from "../lib/ports.ts";

/** `ResolveContainerPort` in k8s.io/kubernetes/pkg/probe: a name is only looked up in the container's own ports. */
export const probePort = definePolicy({
  id: "link/probe-port",
  severity: "error",
  why: "A probe that names a port that its container does not have never succeeds: with a readiness or startup probe, the pod is never ready; with a liveness probe, the kubelet ignores the error, and a program that hangs is never restarted. https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
  fix: "Name one of the container's own ports, or use a port number.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    for (const container of pod ? containersOf(pod) : []) {
      for (const { of, object, pointer } of handlersOf(container)) {
        const { port } = object;
        const ports = portsOf(container);
        if (typeof port !== "string" || ports.some(({ name }) => name === port)) continue;
        yield {
          pointer: `${pointer}/port`,
          message: `${of.replace("/", ".")} uses port "${port}", but container ${container.name} has no port with that name`,
          ...(ports.length > 0 && { help: `The container's ports: ${portWords(ports)}.` }),
        };
      }
    }
  },
});
