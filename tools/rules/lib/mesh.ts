import { listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import type { Named } from "./named-references.ts";
import { isRenderedIn } from "./reference.ts";
import { serviceOfHost } from "./routes.ts";
import { groupKind, indexOf, mayBeSameNamespace } from "./target.ts";

/**
 * Whether a Service that a route sends requests to does not exist if it is not found here. Those of a VirtualService may be in
 * a namespace of another target, or be a ServiceEntry.
 */
export function isBackendKnown({ name, namespace }: Named, route: Resource, context: TargetContext): boolean {
  if (groupKind(route) !== "VirtualService.networking.istio.io") return true;
  const entries = indexOf(context).ofKind("ServiceEntry.networking.istio.io");
  const isEntry = entries.some((entry) =>
    listAt(objectAt(entry.object, "spec"), "hosts").some((host) => {
      const service = typeof host === "string" ? serviceOfHost(host, entry.namespace) : undefined;
      return service?.name === name && (host === name || mayBeSameNamespace(service.namespace, namespace));
    }),
  );
  return !isEntry && (mayBeSameNamespace(route.namespace, namespace) || isRenderedIn(namespace, "Service", context));
}
