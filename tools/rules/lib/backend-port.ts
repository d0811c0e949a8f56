import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { Violation } from "../../policy/define.ts";
import type { Backend } from "./routes.ts";

/** Whether a Service has the port that something sends to; one that lists none is not judged. */
export function* judgePort(
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
    message: `${sender} sends to port ${String(port)} of Service ${name}, which has none such`,
    help: `The ports of the Service: ${known.join(", ")}.`,
  };
}
