import type { MergeKeys } from "./merge-keys.ts";
import { child, descend, entries, items, type Node, text, textAt } from "./node.ts";
import type { Id } from "./shadow.ts";

/**
 * The merge keys from a kustomization's OpenAPI document for the kinds that it defines, and `otherwise` for other
 * kinds.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/openapi/
 */
export function openapiMergeKeys(document: Node | undefined, otherwise: MergeKeys): MergeKeys {
  const definitions = child(document, "definitions");
  const roots = new Map<string, Node>();
  for (const { value } of entries(definitions).values()) {
    for (const kind of items(child(value, "x-kubernetes-group-version-kind"))) roots.set(idOfKind(kind), value);
  }
  return (id, path) => {
    const root = roots.get(keyOf(id));
    return root ? keysAt(root, path, definitions) : otherwise(id, path);
  };
}

function idOfKind(kind: Node): string {
  return `${textAt(kind, "group")}/${textAt(kind, "version")}/${textAt(kind, "kind")}`;
}

function keyOf({ group, version, kind }: Id): string {
  return `${group}/${version}/${kind}`;
}

/** The merge keys at a path. As list items have no part in a path, it goes from a list directly to its items. */
function keysAt(root: Node, path: readonly string[], definitions: Node | undefined): string[] | undefined {
  const field = path.reduce<Node | undefined>((schema, name) => {
    const here = resolved(schema, definitions);
    return child(child(itemsOf(here, definitions) ?? here, "properties"), name);
  }, root);
  const schema = resolved(field, definitions);
  if (!textAt(schema, "x-kubernetes-patch-strategy").split(",").includes("merge")) return undefined;
  const keys = items(child(schema, "x-kubernetes-list-map-keys")).map(text);
  return keys.length > 0 ? keys : [textAt(schema, "x-kubernetes-patch-merge-key")];
}

function itemsOf(schema: Node | undefined, definitions: Node | undefined): Node | undefined {
  return resolved(child(schema, "items"), definitions);
}

function resolved(schema: Node | undefined, definitions: Node | undefined): Node | undefined {
  const reference = textAt(schema, "$ref");
  const name = /^#\/definitions\/(.+)$/.exec(reference)?.[1];
  return name === undefined ? schema : descend(definitions, name);
}
