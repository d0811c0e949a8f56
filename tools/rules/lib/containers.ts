import type { JsonObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Container, containersOf, podOf, runsOn } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";

/** The containers and init containers of a resource, without ephemeral containers. */
export const containersIn = once((resource: Resource): readonly Container[] => {
  const pod = podOf(resource);
  return pod ? containersOf(pod).filter(({ list }) => list !== "ephemeralContainers") : [];
});

/** The containers that run as long as the pods of a resource do. */
export const runningIn = once((resource: Resource): readonly Container[] => containersIn(resource).filter(runsOn));

/** Whether the pods of a resource run until they are replaced, unlike those of a Job. */
export function isLasting(resource: Resource): boolean {
  const policy = podOf(resource)?.spec.restartPolicy ?? "Always";
  return policy === "Always" && resource.kind !== "PodTemplate";
}

/** `container php-redis of Deployment frontend` */
export function inWords({ name }: Container, resource: Resource): string {
  return `container ${name} of ${resource.kind} ${resource.name}`;
}

/** Points to a field of a container, or to the container if the field is missing. */
export function placeOf({ object, pointer }: Container, field: string): string {
  return placeIn(pointer, object, field);
}

/** Points to a field of an object, or to the object if the field is missing. */
export function placeIn(pointer: string, object: JsonObject | undefined, field: string): string {
  return object?.[field] === undefined ? pointer : `${pointer}/${field}`;
}
