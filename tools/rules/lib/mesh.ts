import { isObject, listAt, objectAt, stringsAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { covers } from "./listeners.ts";
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

/**
 * The hosts of a VirtualService and those of its Gateways, if they have none in common: it gets no requests. Undefined if some
 * of them are not known. https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export function unservedHosts(
  { namespace, object }: Resource,
  context: TargetContext,
): { readonly hosts: readonly string[]; readonly served: readonly string[] } | undefined {
  const spec = objectAt(object, "spec");
  const hosts = stringsAt(spec, "hosts");
  const names = stringsAt(spec, "gateways").map((name) => name.split("/").reverse());
  const gateways = names.map(([name = "", home = namespace]) =>
    indexOf(context)
      .ofKindIn("Gateway.networking.istio.io", home)
      .find((one) => one.name === name),
  );
  // A short host is a Service, whose full name depends on the namespace.
  if (hosts.length === 0 || gateways.length === 0 || hosts.some((host) => host !== "*" && !host.includes(".")))
    return undefined;
  const texts = gateways.map(hostsOf);
  const all = gateways.flatMap((one, index) => (texts[index] ?? []).flatMap((text) => hostFor(text, namespace, one)));
  const isServed = all.some(
    (one) => one === "*" || hosts.some((host) => host === "*" || covers(one, host) || covers(host, one)),
  );
  return isServed || texts.includes(undefined) ? undefined : { hosts, served: all };
}

/** Undefined if the Gateway is not here, or has no servers yet. */
function hostsOf(gateway: Resource | undefined): string[] | undefined {
  const servers = listAt(objectAt(gateway?.object, "spec"), "servers").filter(isObject);
  return servers.length === 0 ? undefined : servers.flatMap((server) => stringsAt(server, "hosts"));
}

/** `shop/web.example.com` is for VirtualServices of this namespace, `./web.example.com` for those of the Gateway's. */
function hostFor(text: string, namespace: string | undefined, gateway: Resource | undefined): string[] {
  const [host = "", where = "*"] = text.split("/").reverse();
  const isFor = where === "*" || mayBeSameNamespace(where === "." ? gateway?.namespace : where, namespace);
  return isFor ? [host] : [];
}
