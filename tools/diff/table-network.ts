import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import type { FieldChange, FieldRow, RemovalRow } from "./effect.ts";

const services = "https://kubernetes.io/docs/concepts/services-networking/service/";
const ingresses = "https://kubernetes.io/docs/concepts/services-networking/ingress/";
const routes = ["HTTPRoute.gateway.networking.k8s.io", "GRPCRoute.gateway.networking.k8s.io"];

const specOf = ({ object }: Resource) => objectAt(object, "spec") ?? {};

/** How widely each Service type exposes its pods. */
const reach: Readonly<Record<string, number>> = { ClusterIP: 1, NodePort: 2, LoadBalancer: 3 };
const reachOf = (resource: Resource) => reach[stringAt(specOf(resource), "type") ?? "ClusterIP"] ?? 0;

const reachesLess = ({ old, next }: FieldChange) => reachOf(next) < reachOf(old) || reachOf(old) === 0;

const isGone = ({ after }: FieldChange) => after === undefined;
const isReplaced = ({ before, after }: FieldChange) => before !== undefined && after !== undefined;
const stringsAt = (object: JsonObject, key: string) => listAt(object, key).map(String);

/** The items missing from the second list. */
const lost = (was: readonly string[], is: readonly string[]) => was.filter((one) => !is.includes(one));

const losesSome =
  (field: string) =>
  ({ old, next }: FieldChange) =>
    lost(stringsAt(specOf(old), field), stringsAt(specOf(next), field)).length > 0;

/** Whether a load balancer accepts fewer clients; without ranges it accepts all. */
const admitsLess = ({ old, next }: FieldChange) => {
  const [was, is] = [old, next].map((one) => stringsAt(specOf(one), "loadBalancerSourceRanges"));
  if (is === undefined || is.length === 0) return false;
  return was === undefined || was.length === 0 || lost(was, is).length > 0;
};

const objects = (object: JsonObject | undefined, key: string) => listAt(object, key).filter(isObject);

/** The addresses that an Ingress serves: `shop.example.com/cart`. */
export function addressesOf(resource: Resource): string[] {
  return objects(specOf(resource), "rules").flatMap((rule) => {
    const host = stringAt(rule, "host") ?? "*";
    const paths = objects(objectAt(rule, "http"), "paths").map((path) => stringAt(path, "path") ?? "/");
    return (paths.length > 0 ? paths : ["/"]).map((path) => host + path);
  });
}

const losesAddress = ({ old, next }: FieldChange) => lost(addressesOf(old), addressesOf(next)).length > 0;

const securedHosts = (resource: Resource) =>
  objects(specOf(resource), "tls").flatMap((one) => [...stringsAt(one, "hosts"), ...(one.hosts ? [] : ["*"])]);

/** Changes in how traffic reaches pods. Whether a Service selects any pods is judged elsewhere. */
export const networkRows: readonly FieldRow[] = [
  {
    kinds: ["Service"],
    field: "spec.type",
    effect: "traffic-loss",
    when: reachesLess,
    says: "clients that use its node port, load balancer or external name can no longer reach it",
    source: `${services}#publishing-services-service-types`,
  },
  {
    kinds: ["Service"],
    field: "spec.ports",
    effect: "traffic-loss",
    when: (change) => isGone(change) && change.pattern.length <= 3,
    says: "nothing listens on this port any more",
    source: `${services}#field-spec-ports`,
  },
  {
    kinds: ["Service"],
    field: "spec.ports.*.nodePort",
    effect: "traffic-loss",
    when: isReplaced,
    says: "nodes listen on a different port",
    source: `${services}#nodeport-custom-port`,
  },
  {
    kinds: ["Service"],
    field: "spec.externalIPs",
    effect: "traffic-loss",
    when: losesSome("externalIPs"),
    says: "an address no longer leads to the Service",
    source: `${services}#external-ips`,
  },
  {
    kinds: ["Service"],
    field: "spec.loadBalancerSourceRanges",
    effect: "traffic-loss",
    when: admitsLess,
    says: "the load balancer rejects clients that it used to accept",
    source: `${services}#loadbalancer`,
  },
  {
    kinds: ["Service"],
    field: "spec.externalName",
    effect: "traffic-loss",
    when: isReplaced,
    says: "the name of the Service now leads elsewhere",
    source: `${services}#externalname`,
  },
  {
    kinds: ["Ingress.networking.k8s.io", "Ingress.extensions"],
    field: "spec.rules",
    effect: "traffic-loss",
    when: losesAddress,
    says: "one of its addresses is no longer served",
    source: `${ingresses}#the-ingress-resource`,
  },
  {
    kinds: ["Ingress.networking.k8s.io"],
    field: "spec.defaultBackend",
    effect: "traffic-loss",
    when: isGone,
    says: "requests that match no rule are no longer served",
    source: `${ingresses}#default-backend`,
  },
  {
    kinds: ["Ingress.networking.k8s.io"],
    field: "spec.ingressClassName",
    effect: "traffic-loss",
    says: "a different controller serves it, at a different address",
    source: `${ingresses}#ingress-class`,
  },
  {
    kinds: ["Ingress.networking.k8s.io"],
    field: "spec.tls",
    effect: "traffic-loss",
    when: ({ old, next }) => lost(securedHosts(old), securedHosts(next)).length > 0,
    says: "a host is no longer served over TLS",
    source: `${ingresses}#tls`,
  },
  {
    kinds: routes,
    field: "spec.hostnames",
    effect: "traffic-loss",
    when: losesSome("hostnames"),
    says: "a host is no longer served",
    source: "https://gateway-api.sigs.k8s.io/api-types/httproute/",
  },
];

/** What happens when an object that routes traffic is removed. */
export const networkRemovals: readonly RemovalRow[] = [
  {
    kinds: ["Service"],
    effect: "traffic-loss",
    says: "its name and addresses no longer lead anywhere",
    source: services,
  },
  {
    kinds: ["Ingress.networking.k8s.io", "Ingress.extensions", "Gateway.gateway.networking.k8s.io", ...routes],
    effect: "traffic-loss",
    says: "its hosts are no longer served",
    source: ingresses,
  },
];
