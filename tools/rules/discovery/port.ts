import { distinctBy } from "../../core/group.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { callsIn } from "../lib/calls.ts";

export const port = definePolicy({
  id: "discovery/port",
  severity: "error",
  why: "A Service accepts connections only on its own ports. A tier that calls another port waits until the connection times out. https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service",
  fix: "Give the Service the port that the image calls; targetPort may differ.",
  *checkTarget(context): Generator<Violation> {
    const calls = callsIn(context).flatMap(({ consumer, service, port }) =>
      service === undefined || accepts(service, port) ? [] : [{ service, port, caller: consumer.workload.resource }],
    );
    const keyOf = ({ service, port }: (typeof calls)[number]) => `${service.namespace ?? ""}/${service.name}:${port}`;
    for (const { service, port, caller } of distinctBy(calls, keyOf)) {
      yield {
        resource: service,
        pointer: portsOf(service).length === 1 ? "/spec/ports/0/port" : "/spec/ports",
        message: `Service ${service.name} has no TCP port ${port}, which ${caller.kind} ${caller.name} calls`,
      };
    }
  },
});

/** A headless Service has no ports of its own: the call goes to the pod. */
function accepts(service: Resource, called: number): boolean {
  const spec = objectAt(service.object, "spec");
  if (spec?.clusterIP === "None" || spec?.type === "ExternalName") return true;
  return portsOf(service).some((one) => one.port === called && (stringAt(one, "protocol") ?? "TCP") === "TCP");
}

function portsOf({ object }: Resource): JsonObject[] {
  return listAt(objectAt(object, "spec"), "ports").filter(isObject);
}
