import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { valuesAt } from "./places.ts";
import { groupKind, withoutGroups } from "./target.ts";

/** A route's reference to a Service. */
export interface Backend {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly port: Json | undefined;
  /** Points to the name in the resource. */
  readonly pointer: string;
  readonly portPointer: string;
}

type Reader = (resource: Resource) => Backend[];

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ */
const ofIngress: Reader = ({ object, namespace }) => {
  const spec = objectAt(object, "spec");
  const backends: [JsonObject | undefined, string][] = [
    [objectAt(spec, "defaultBackend"), "/spec/defaultBackend"],
    ...entries(spec, "rules").flatMap(([rule, index]) =>
      entries(objectAt(rule, "http"), "paths").map(([path, at]): [JsonObject | undefined, string] => [
        objectAt(path, "backend"),
        `/spec/rules/${index}/http/paths/${at}/backend`,
      ]),
    ),
  ];
  return backends.flatMap(([backend, pointer]) => {
    const service = objectAt(backend, "service");
    const port = objectAt(service, "port");
    const field = port?.name === undefined ? "number" : "name";
    // The load balancer of AWS reads such a backend from an annotation.
    if (port?.name === "use-annotation") return [];
    const place = `${pointer}/service`;
    return reference(service, namespace, port?.[field], `${place}/name`, `${place}/port/${field}`);
  });
};

/** The references to Services below a rule of a route of the Gateway API. */
export const backendPaths: readonly string[] = [
  "backendRefs/*",
  "filters/*/requestMirror/backendRef",
  "backendRefs/*/filters/*/requestMirror/backendRef",
];

/** https://gateway-api.sigs.k8s.io/reference/spec/ */
const ofRoute: Reader = ({ object, namespace }) =>
  backendPaths
    .flatMap((path) => valuesAt(object, `spec/rules/*/${path}`))
    .flatMap(({ value: ref, pointer }) => {
      if (!isObject(ref) || (ref.kind ?? "Service") !== "Service" || (ref.group ?? "") !== "") return [];
      const where = stringAt(ref, "namespace") ?? namespace;
      return reference(ref, where, ref.port, `${pointer}/name`, `${pointer}/port`);
    });

/** https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
const ofIngressRoute: Reader = ({ object, namespace }) =>
  entries(objectAt(object, "spec"), "routes").flatMap(([route, index]) =>
    entries(route, "services").flatMap(([ref, at]) => {
      const isService = (ref.kind ?? "Service") === "Service" && !(stringAt(ref, "name") ?? "").includes("@");
      const place = `/spec/routes/${index}/services/${at}`;
      return isService
        ? reference(ref, stringAt(ref, "namespace") ?? namespace, ref.port, `${place}/name`, `${place}/port`)
        : [];
    }),
  );

/**
 * Hosts of VirtualServices: a short name is a Service of the same namespace, a full one ends in `svc` or in the domain of the
 * cluster; others are outside of it. https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination
 */
const ofVirtualService: Reader = (resource) =>
  meshDestinations(resource).map(({ name, namespace, value, pointer }) => {
    const port = objectAt(value, "port")?.number;
    return { name, namespace, port, pointer: `${pointer}/host`, portPointer: `${pointer}/port/number` };
  });

const destinationPaths = [
  "http/*/route/*/destination",
  "http/*/mirror",
  "http/*/mirrors/*/destination",
  "tcp/*/route/*/destination",
  "tls/*/route/*/destination",
];

/** The destinations of a VirtualService that are Services of the cluster, as `{ host, subset, port }`. */
export function meshDestinations({ object, namespace }: Resource) {
  return destinationPaths
    .flatMap((path) => valuesAt(object, `spec/${path}`))
    .flatMap(({ value, pointer }) => {
      const service = isObject(value) ? serviceOfHost(stringAt(value, "host") ?? "", namespace) : undefined;
      return isObject(value) && service !== undefined ? [{ ...service, value, pointer }] : [];
    });
}

/** The Service that a host of Istio stands for; undefined if it is not a Service of the cluster. */
export function serviceOfHost(
  host: string,
  namespace: string | undefined,
): { readonly name: string; readonly namespace: string | undefined } | undefined {
  const [name = "", home, svc, ...domain] = host.split(".");
  if (name === "" || name === "*") return undefined;
  if (home === undefined) return { name, namespace };
  const isLocal = svc === "svc" && (domain.length === 0 || domain.join(".") === "cluster.local");
  return isLocal ? { name, namespace: home } : undefined;
}

/** The group of the Gateway API. */
export const gateway = "gateway.networking.k8s.io";
/** Its kinds of routes. */
export const gatewayRoutes: readonly string[] = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"];
const readers: Readonly<Record<string, Reader>> = {
  "VirtualService.networking.istio.io": ofVirtualService,
  "Ingress.networking.k8s.io": ofIngress,
  ...Object.fromEntries(gatewayRoutes.map((kind) => [`${kind}.${gateway}`, ofRoute])),
  ...Object.fromEntries(
    ["traefik.io", "traefik.containo.us"].flatMap((group) =>
      ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"].map((kind) => [`${kind}.${group}`, ofIngressRoute]),
    ),
  ),
};

/** The kinds whose references {@link backendRefs} reads. */
export const routeKinds = withoutGroups(Object.keys(readers));

/** The Services that a route sends requests to. */
export function backendRefs(resource: Resource): Backend[] {
  const kind = groupKind(resource);
  return Object.hasOwn(readers, kind) ? (readers[kind]?.(resource) ?? []) : [];
}

/** The Gateways that a route attaches to, as `{ namespace, name, sectionName, port }`. */
export function parentRefs(route: Resource): { readonly value: JsonObject; readonly pointer: string }[] {
  if (!groupKind(route).endsWith(gateway)) return [];
  return valuesAt(route.object, "spec/parentRefs/*").flatMap(({ value, pointer }) => {
    const isGateway =
      isObject(value) && (value.kind ?? "Gateway") === "Gateway" && (value.group ?? gateway) === gateway;
    return isGateway ? [{ value, pointer }] : [];
  });
}

function reference(
  ref: JsonObject | undefined,
  namespace: string | undefined,
  port: Json | undefined,
  pointer: string,
  portPointer: string,
): Backend[] {
  const name = stringAt(ref, "name");
  return name ? [{ name, namespace, port, pointer, portPointer }] : [];
}

function entries(object: JsonObject | undefined, key: string): [JsonObject, number][] {
  return listAt(object, key).flatMap((item, index) => (isObject(item) ? [[item, index] as [JsonObject, number]] : []));
}
