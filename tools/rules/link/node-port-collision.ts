import { isObject, listAt, objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { idOf, indexOf } from "../lib/target.ts";

/**
 * The allocator of node ports in k8s.io/kubernetes/pkg/registry/core/service: `provided port is already allocated`. It gives
 * numbers, whatever the protocol; only within one Service may two protocols share one.
 */
export const nodePortCollision = definePolicy({
  id: "link/node-port-collision",
  severity: "error",
  why: "A port of the nodes belongs to one Service of the whole cluster: the API server refuses the second that asks for it. https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport",
  fix: "Give one of them another nodePort, or leave it out: the API server then takes a free one.",
  *checkTarget(context): Generator<Violation> {
    const taken = new Map<number, string>();
    const services = [...indexOf(context).ofKind("Service")].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    for (const service of services) {
      const id = [service.namespace, service.name].filter(Boolean).join("/");
      for (const [index, port] of listAt(objectAt(service.object, "spec"), "ports").entries()) {
        if (!isObject(port) || typeof port.nodePort !== "number" || port.nodePort === 0) continue;
        const other = taken.get(port.nodePort);
        if (other === undefined) taken.set(port.nodePort, id);
        else if (other !== id) {
          const message = `Service ${service.name} asks for node port ${port.nodePort}, which Service ${other} has`;
          yield { resource: service, pointer: `/spec/ports/${index}/nodePort`, message };
        }
      }
    }
  },
});
