import { once } from "../core/once.ts";
import { child, type MapNode, type Position, textAt } from "./node.ts";

/** The identity of a resource in kustomize. `version` does not include the group. */
export interface Id {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * A resource on its way through the kustomizations of a target, as kustomize has it in memory, but with the source
 * position of every part.
 */
export interface Shadow {
  readonly node: MapNode;
  /** Its earlier ids, oldest first: patches and selectors may still use them. */
  readonly previous: readonly Id[];
  /** The position of the resource in its file, or of the generator's entry in a kustomization. */
  readonly origin: Position;
  /** Whether it is a generated ConfigMap or Secret, whose rendered name may end in a hash. */
  readonly generated: boolean;
}

/** The current id of a resource. */
export const idOf = once(read);

function read(node: MapNode): Id {
  const apiVersion = textAt(node, "apiVersion");
  const slash = apiVersion.indexOf("/");
  const metadata = child(node, "metadata");
  return {
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: textAt(node, "kind"),
    name: textAt(metadata, "name") || textAt(metadata, "generateName"),
    namespace: textAt(metadata, "namespace"),
  };
}

/** All ids of the resource, from the original to the current one. */
export function idsOf(shadow: Shadow): Id[] {
  return [...shadow.previous, idOf(shadow.node)];
}

/** The same resource, with its current id added to `previous` before the id changes. */
export function remember(shadow: Shadow): Shadow {
  return { ...shadow, previous: idsOf(shadow) };
}

/**
 * The resource for a patch without a target: the one that has or had this id. kustomize also compares namespaces, with
 * `default` for none; here they only decide between several resources.
 */
export function findById(shadows: readonly Shadow[], id: Id): Shadow | undefined {
  const named = shadows.filter((shadow) => idsOf(shadow).some((other) => sameName(other, id)));
  if (named.length < 2) return named[0];
  const namespace = id.namespace || "default";
  return named.find((shadow) => idsOf(shadow).some((o) => sameName(o, id) && (o.namespace || "default") === namespace));
}

function sameName(a: Id, b: Id): boolean {
  return a.name === b.name && a.kind === b.kind && a.group === b.group && a.version === b.version;
}
