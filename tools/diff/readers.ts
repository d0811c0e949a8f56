import { groupBy } from "../core/group.ts";
import type { Resource } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import { type ConfigReference, configReferences } from "../rules/lib/config-references.ts";
import { indexOf, mayBeSameNamespace } from "../rules/lib/target.ts";

/** A workload that reads a ConfigMap or a Secret. */
export interface Reader {
  readonly resource: Resource;
  readonly reference: ConfigReference;
}

/** Looks up the workloads of a target that read a ConfigMap or a Secret: one entry per reference. */
export function readersOf(context: TargetContext): (config: Resource) => readonly Reader[] {
  const readers = indexOf(context).workloads.flatMap(({ resource, pod }) =>
    configReferences(pod).map((reference): Reader => ({ resource, reference })),
  );
  const byName = groupBy(readers, ({ reference: { kind, name } }) => `${kind}/${name}`);
  return ({ kind, name, namespace }) =>
    (byName.get(`${kind}/${name}`) ?? []).filter(({ resource }) => mayBeSameNamespace(resource.namespace, namespace));
}

/** Whether the container gets the value only when it starts. */
export function isVariable({ pointer }: ConfigReference): boolean {
  return !pointer.includes("/volumes/");
}
