import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import type { Connection } from "./blocks.ts";
import { type CalledHost, hostsIn, textsOf } from "./called-hosts.ts";
import { containersIn } from "./containers.ts";
import { environmentOf } from "./environment.ts";
import { backendsOf } from "./selection.ts";
import { areTogether, indexOf, type Workload } from "./target.ts";

/** The calls of Services of the target that the variables and arguments of containers name, with or without a contract. */
export function writtenCalls(context: TargetContext): Connection[] {
  return indexOf(context).workloads.flatMap((workload) =>
    textsIn(workload.resource, context)
      .flatMap(hostsIn)
      .flatMap((host) => connectionTo(host, workload, context)),
  );
}

/** The arguments and variables of containers; variables also from ConfigMaps. */
function textsIn(resource: Resource, context: TargetContext): { readonly key: string; readonly value: string }[] {
  const variables = containersIn(resource).flatMap((container) => [
    ...environmentOf(container, resource.namespace, context).variables.values(),
  ]);
  return [
    ...textsOf(resource),
    ...variables.flatMap(({ name, value }) => (value === undefined ? [] : [{ key: name, value }])),
  ];
}

function connectionTo(host: CalledHost, workload: Workload, context: TargetContext): Connection[] {
  const { name, namespace = workload.resource.namespace, text, domain } = host;
  const service = domain === undefined ? indexOf(context).find("Service", namespace, name) : undefined;
  const port = host.port ?? (service && onlyPort(service));
  if (service === undefined || port === undefined || !areTogether(workload.resource, service, context)) return [];
  // A program also gets its own address, to tell it to others.
  const isOwn = backendsOf(service, context)?.some(({ resource }) => resource === workload.resource);
  return isOwn ? [] : [{ workload, by: "name", name: text, port, service, isMissing: false }];
}

function onlyPort({ object }: Resource): number | undefined {
  const [first, ...others] = listAt(objectAt(object, "spec"), "ports");
  return isObject(first) && others.length === 0 ? Number(first.port) : undefined;
}
