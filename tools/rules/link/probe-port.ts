import { containersOf, podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { handlersOf } from "../lib/handlers.ts";
import { portsOf, portWords } from "../lib/ports.ts";

/** `ResolveContainerPort` in k8s.io/kubernetes/pkg/probe: a name is looked up in the container's own ports, no others. */
export const probePort = definePolicy({
  id: "link/probe-port",
  severity: "error",
  why: "A probe that names a port which its container does not have never succeeds: of readiness or startup, the pod is never ready; of liveness, the kubelet throws the error away, and a program that hangs is never restarted. https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
  fix: "Name one of the container's own ports, or give the port its number.",
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
          message: `${of.replace("/", ".")} asks port "${port}", and container ${container.name} has no port of that name`,
          ...(ports.length > 0 && { help: `The container's ports: ${portWords(ports)}.` }),
        };
      }
    }
  },
});
