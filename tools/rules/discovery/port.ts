import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { edgesOf } from "../lib/calls.ts";

export const port = definePolicy({
  id: "discovery/port",
  severity: "error",
  why: "A Service accepts connections only on its own ports. A tier that calls another port waits until the connection times out. https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service",
  fix: "Give the Service the port that the image calls; targetPort may differ.",
  *checkTarget(context): Generator<Violation> {
    const reported = new Set<string>();
    for (const { consumer, port: called, service } of edgesOf(context)) {
      const spec = objectAt(service?.object, "spec");
      // A headless Service has no ports of its own: the call goes to the pod.
      if (service === undefined || spec?.clusterIP === "None" || spec?.type === "ExternalName") continue;
      const ports = listAt(spec, "ports").filter(isObject);
      if (ports.some((one) => one.port === called && (stringAt(one, "protocol") ?? "TCP") === "TCP")) continue;
      const key = `${service.namespace ?? ""}/${service.name}:${called}`;
      if (reported.has(key)) continue;
      reported.add(key);
      const { resource } = consumer.workload;
      yield {
        resource: service,
        pointer: ports.length === 1 ? "/spec/ports/0/port" : "/spec/ports",
        message: `Service ${service.name} has no TCP port ${called}, which ${resource.kind} ${resource.name} calls`,
      };
    }
  },
});
