import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { Violation } from "../../policy/define.ts";
import type { Backend } from "./routes.ts";

/** Reports a port that a Service does not have; a Service without any ports is not judged. */
export function* checkPort(
  { port, portPointer }: Pick<Backend, "port" | "portPointer">,
  { name, object }: Resource,
  sender: string,
): Generator<Violation> {
  const ports = listAt(objectAt(object, "spec"), "ports").filter(isObject);
  if (port === undefined || ports.length === 0) return;
  if (ports.some((one) => one.port === port || one.name === port || String(one.port) === String(port))) return;
  const known = ports.map((one) => (typeof one.name === "string" ? `${one.name} (${one.port})` : String(one.port)));
  yield {
    pointer: portPointer,
    message: `${sender} sends requests to port ${String(port)} of Service ${name}, which has no such port`,
    help: `The ports of the Service: ${known.join(", ")}.`,
  };
}
