import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { groupKind } from "./target.ts";

/** A node port that a Service requests. */
export interface NodePort {
  readonly port: number;
  readonly pointer: string;
}

/** The node ports that a Service requests and may have; 0 is not one, the API server then picks a free port. */
export function nodePortsOf(resource: Resource): NodePort[] {
  const spec = objectAt(resource.object, "spec");
  if (groupKind(resource) !== "Service" || !/^(?:NodePort|LoadBalancer)$/.test(stringAt(spec, "type") ?? "")) return [];
  return listAt(spec, "ports").flatMap((port, index) =>
    isObject(port) && typeof port.nodePort === "number" && port.nodePort !== 0
      ? [{ port: port.nodePort, pointer: `/spec/ports/${index}/nodePort` }]
      : [],
  );
}
