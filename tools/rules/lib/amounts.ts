import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { type Container, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { indexOf } from "./target.ts";

/** `memory`, `ephemeral-storage` */
type Name = string;

/**
 * Whether a container has a limit: its own, that of its pod, or the default of a LimitRange in its namespace
 * (`SetDefaults_LimitRangeItem` and `mergeContainerResources` in k8s.io/kubernetes).
 */
export function isLimited(name: Name, container: Container, resource: Resource, context: TargetContext): boolean {
  return isWritten("limits", name, container, resource) || fillsIn(["default", "max"], name, resource, context);
}

/** Whether a container has a request; a limit is also the default request. */
export function isReserved(name: Name, container: Container, resource: Resource, context: TargetContext): boolean {
  return (
    isWritten("requests", name, container, resource) ||
    isLimited(name, container, resource, context) ||
    fillsIn(["defaultRequest", "min"], name, resource, context)
  );
}

function isWritten(field: "limits" | "requests", name: Name, { object }: Container, resource: Resource): boolean {
  const holders: (JsonObject | undefined)[] = [object, podOf(resource)?.spec];
  return holders.some((holder) => has(objectAt(objectAt(holder, "resources"), field), name));
}

function fillsIn(fields: readonly string[], name: Name, { namespace }: Resource, context: TargetContext): boolean {
  return indexOf(context)
    .ofKindIn("LimitRange", namespace)
    .flatMap(({ object }) => listAt(objectAt(object, "spec"), "limits"))
    .some(
      (item) => isObject(item) && item.type === "Container" && fields.some((one) => has(objectAt(item, one), name)),
    );
}

function has(amounts: JsonObject | undefined, name: Name): boolean {
  return (amounts?.[name] ?? null) !== null;
}
