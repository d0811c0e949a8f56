import { groupBy } from "../../core/group.ts";
import type { TargetContext } from "../../policy/define.ts";
import { createdFrom } from "../../rules/lib/created.ts";
import { mayBeSameNamespace } from "../../rules/lib/target.ts";
import { type End, isResource, type Link } from "../link.ts";

/**
 * What a controller creates from a resource, if something needs it: the Secret of an ExternalSecret or a Certificate.
 *
 * @param links all other links of the target
 */
export function makes(links: readonly Link[], { resources }: TargetContext): Link[] {
  const needed = groupBy(
    links.map(({ to }) => to).filter((end) => !isResource(end)),
    nameOf,
  );
  if (needed.size === 0) return [];
  return resources.flatMap((from) =>
    (createdFrom(from) ?? []).flatMap(([kind, name = ""]) =>
      (needed.get(nameOf({ kind, name })) ?? [])
        .filter(({ namespace }) => mayBeSameNamespace(namespace, from.namespace))
        .map((to): Link => ({ from, to, relation: "makes" })),
    ),
  );
}

function nameOf({ kind, name }: Pick<End, "kind" | "name">): string {
  return `${kind}/${name}`;
}
