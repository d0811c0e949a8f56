import { objectAt } from "../../core/json.ts";
import { nearest } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { callsIn } from "../lib/calls.ts";
import { serviceVariable } from "../lib/environment.ts";
import { isFragment } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

/** `FromServices` in k8s.io/kubernetes/pkg/kubelet/envvars. */
export const envName = definePolicy({
  id: "discovery/env-name",
  severity: "error",
  why: "The kubelet names the variables of a Service after it: redis-slave becomes REDIS_SLAVE_SERVICE_HOST. An image that reads another variable finds it empty and connects to nothing. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
  fix: "Name the Service after the variable: in lower case, with - for _, without _SERVICE_HOST.",
  *checkTarget(context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { consumer, by, name, pointer, service, isMissing } of callsIn(context)) {
      if (by !== "variable") continue;
      const { resource, pod } = consumer.workload;
      const what = `${consumer.container.name} of ${resource.kind} ${resource.name} reads ${name}`;
      if (isMissing) {
        const message = `${what}, which no Service in its namespace provides`;
        yield { resource, pointer, message, help: nearestService(name, resource.namespace, context) };
      } else if (service !== undefined && hasNoAddress(service)) {
        const message = `${what}, but Service ${service.name} has no cluster IP and provides no variables`;
        yield { resource, pointer, message, help: "Give the Service a cluster IP, or find it by its name." };
      } else if (service !== undefined && pod.spec.enableServiceLinks === false) {
        const message = `${what}, but enableServiceLinks: false turns off the variables of Services`;
        const place = `${pod.specPointer}/enableServiceLinks`;
        yield {
          resource,
          pointer: place,
          message,
          help: "Remove enableServiceLinks, or find Services by their names.",
        };
      }
    }
  },
});

function hasNoAddress({ object }: Resource): boolean {
  const spec = objectAt(object, "spec");
  return spec?.clusterIP === "None" || spec?.type === "ExternalName";
}

function nearestService(variable: string, namespace: string | undefined, context: TargetContext): string {
  const services = indexOf(context)
    .ofKindIn("Service", namespace)
    .map(({ name }) => name);
  const wanted = variable
    .replace(/_SERVICE_HOST$/, "")
    .replaceAll("_", "-")
    .toLowerCase();
  const near = nearest(wanted, services.sort());
  if (near !== undefined) return `Service ${near} provides ${serviceVariable(near)}: rename it to ${wanted}.`;
  return `Add a Service named ${wanted}${services.length > 0 ? `, or use one of: ${services.join(", ")}` : ""}.`;
}
