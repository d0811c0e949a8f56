import { once } from "../core/once.ts";
import { child, type MapNode, type Position, textAt } from "./node.ts";

/** What kustomize knows a resource by. `version` is without its group. */
export interface Id {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * A resource on its way through the kustomizations of a target, as kustomize has it in memory, but with the position
 * of all that it is made of.
 */
export interface Shadow {
  readonly node: MapNode;
  /** The ids that it had, the first one first: patches and selectors may still use them. */
  readonly previous: readonly Id[];
  /** The file of a resource, or the generator's entry in a kustomization. */
  readonly origin: Position;
  /** A generated ConfigMap or Secret, whose rendered name may end in a hash. */
  readonly generated: boolean;
}

/** The present id of a resource. */
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

/** Every id that the resource has or had, the original one first. */
export function idsOf(shadow: Shadow): Id[] {
  return [...shadow.previous, idOf(shadow.node)];
}

/** The same resource with its present id remembered, before something changes it. */
export function remember(shadow: Shadow): Shadow {
  return { ...shadow, previous: idsOf(shadow) };
}

/**
 * The resource that a patch without a target means: the one that has or had this id. kustomize compares namespaces
 * as well, and takes none for `default`; here they only decide between several.
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
