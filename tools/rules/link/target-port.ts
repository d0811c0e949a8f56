import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { podPorts, portWords } from "../lib/ports.ts";
import { backendsOf } from "../lib/selection.ts";

/** `FindPort` in k8s.io/kubernetes/pkg/api/v1/pod: a name must be that of a container's port, with the same protocol. */
export const targetPort = definePolicy({
  id: "link/target-port",
  severity: "error",
  why: "A Service sends to a port of its pods. Where none of them has the port that it names, it has no endpoints; where none listens on the number, every connection is refused. https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
  fix: "Give targetPort the name or the number of a port that a container of the selected pods has.",
  match: { apiVersion: "v1", kind: "Service" },
  *check(service, context): Generator<Violation> {
    const backends = backendsOf(service, context) ?? [];
    const ports = backends.flatMap(({ pod }) => podPorts(pod));
    for (const [index, port] of listAt(objectAt(service.object, "spec"), "ports").entries()) {
      if (backends.length === 0 || !isObject(port)) continue;
      const wanted = targetOf(port);
      const protocol = stringAt(port, "protocol") ?? "TCP";
      const same = ports.filter((one) => one.protocol === protocol);
      // A number needs no declaration: pods that declare no port at all may listen on any.
      if (typeof wanted === "number" && ports.length === 0) continue;
      if (same.some(({ name, number }) => name === wanted || number === wanted)) continue;
      yield {
        pointer: `/spec/ports/${index}${port.targetPort === undefined ? "/port" : "/targetPort"}`,
        message: `Service ${service.name} sends to port ${wanted} (${protocol}), which no container of ${backends.map(({ resource }) => resource.name).join(", ")} has`,
        ...(ports.length > 0 && { help: `Their ports: ${portWords(ports)}.` }),
      };
    }
  },
});

function targetOf({ port, targetPort }: JsonObject): string | number {
  if (typeof targetPort === "string" || typeof targetPort === "number") return targetPort;
  return Number(port);
}
