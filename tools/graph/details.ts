import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { podOf } from "../core/pod.ts";
import type { Resource } from "../core/resource.ts";
import { imagesIn } from "../rules/lib/images.ts";
import { listenersOf } from "../rules/lib/listeners.ts";
import { groupKind } from "../rules/lib/target.ts";

type Read = (spec: JsonObject, resource: Resource) => (string | undefined)[];

const replicas: Read = (spec, resource) => [
  spec.replicas === 1 || spec.replicas === undefined ? "1 replica" : `${shown(spec.replicas)} replicas`,
  ...images(resource),
];
const hostnames: Read = (spec) => listAt(spec, "hostnames").map(String);

/** The details of each kind; never the contents of Secrets and ConfigMaps. */
const readers: Readonly<Record<string, Read>> = {
  "Deployment.apps": replicas,
  "StatefulSet.apps": replicas,
  "ReplicaSet.apps": replicas,
  "Rollout.argoproj.io": replicas,
  "DaemonSet.apps": (_, resource) => ["one per node", ...images(resource)],
  "CronJob.batch": (spec, resource) => [stringAt(spec, "schedule"), ...images(resource)],
  Service: (spec) => [typeOf(spec), ...listAt(spec, "ports").filter(isObject).map(portOf)],
  "Ingress.networking.k8s.io": (spec) =>
    listAt(spec, "rules")
      .filter(isObject)
      .map((rule) => stringAt(rule, "host")),
  "Gateway.gateway.networking.k8s.io": (_, resource) => listenersOf(resource).map(listener),
  "HTTPRoute.gateway.networking.k8s.io": hostnames,
  "GRPCRoute.gateway.networking.k8s.io": hostnames,
  "TLSRoute.gateway.networking.k8s.io": hostnames,
  PersistentVolumeClaim: (spec) => [
    stringAt(objectAt(objectAt(spec, "resources"), "requests"), "storage"),
    ...listAt(spec, "accessModes").map(String),
  ],
  "HorizontalPodAutoscaler.autoscaling": (spec) => [`${shown(spec.minReplicas ?? 1)} to ${shown(spec.maxReplicas)}`],
  "PodDisruptionBudget.policy": (spec) =>
    ["minAvailable", "maxUnavailable"].flatMap((field) =>
      spec[field] === undefined ? [] : `${field} ${shown(spec[field])}`,
    ),
};

/** More do not fit in a box. */
const most = 3;

/** What distinguishes a resource from others of its kind at a glance. */
export function detailsOf(resource: Resource): string[] {
  const kind = groupKind(resource);
  const spec = objectAt(resource.object, "spec") ?? {};
  const read = Object.hasOwn(readers, kind) ? readers[kind] : podOf(resource) && ((_: JsonObject) => images(resource));
  const details = [...new Set(read?.(spec, resource) ?? [])].filter((one) => one !== undefined && one !== "");
  return details.length <= most ? (details as string[]) : [...(details.slice(0, most) as string[]), "…"];
}

/** `redis:8`: the last part of the name of each image, without its digest. */
function images(resource: Resource): string[] {
  return imagesIn(resource).map(({ image: { repository, tag } }) => {
    const name = repository.slice(repository.lastIndexOf("/") + 1);
    return tag === undefined ? name : `${name}:${tag}`;
  });
}

function typeOf(spec: JsonObject): string {
  if (spec.clusterIP === "None") return "headless";
  const type = stringAt(spec, "type") ?? "ClusterIP";
  return type === "ExternalName" ? `ExternalName ${shown(spec.externalName)}` : type;
}

function portOf({ port, nodePort, protocol }: JsonObject): string {
  const words = nodePort === undefined ? shown(port) : `${shown(port)} (node ${shown(nodePort)})`;
  return protocol === undefined || protocol === "TCP" ? words : `${words} ${shown(protocol)}`;
}

function listener(one: JsonObject): string {
  return [one.protocol, one.port, one.hostname]
    .filter((part) => part !== undefined)
    .map(shown)
    .join(" ");
}

function shown(value: unknown): string {
  return typeof value === "object" || value === undefined ? "?" : String(value);
}
