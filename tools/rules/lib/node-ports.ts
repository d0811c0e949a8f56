import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { groupKind } from "./target.ts";

/** A port of the nodes that a Service asks for. */
export interface NodePort {
  readonly port: number;
  readonly pointer: string;
}

/** 0 is none: the API server then takes a free one. */
export function nodePortsOf(resource: Resource): NodePort[] {
  if (groupKind(resource) !== "Service") return [];
  return listAt(objectAt(resource.object, "spec"), "ports").flatMap((port, index) =>
    isObject(port) && typeof port.nodePort === "number" && port.nodePort !== 0
      ? [{ port: port.nodePort, pointer: `/spec/ports/${index}/nodePort` }]
      : [],
  );
}
