import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { groupKind } from "./target.ts";

/** A node port that a Service requests. */
export interface NodePort {
  readonly port: number;
  readonly pointer: string;
}

/** The node ports that a Service requests; 0 is not one, the API server then picks a free port. */
export function nodePortsOf(resource: Resource): NodePort[] {
  if (groupKind(resource) !== "Service") return [];
  return listAt(objectAt(resource.object, "spec"), "ports").flatMap((port, index) =>
    isObject(port) && typeof port.nodePort === "number" && port.nodePort !== 0
      ? [{ port: port.nodePort, pointer: `/spec/ports/${index}/nodePort` }]
      : [],
  );
}
