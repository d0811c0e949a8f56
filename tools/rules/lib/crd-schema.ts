import { isObject, type JsonObject, objectAt, stringsAt } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";

/** A node of a schema, and its pointer. */
interface Node {
  readonly schema: JsonObject;
  readonly pointer: string;
  /** Whether every object has apiVersion, kind and metadata here. */
  readonly isResource: boolean;
}

/** The fields that a schema requires but does not have: the API server removes them before it checks. */
export function* unknownRequired(schema: JsonObject, pointer: string): Generator<{ pointer: string; field: string }> {
  for (const node of nodesIn({ schema, pointer, isResource: true }))
    for (const [index, field] of stringsAt(node.schema, "required").entries())
      if (isObject(node.schema.properties) && next(node, field) === undefined)
        yield { pointer: `${node.pointer}/required/${index}`, field };
}

function* nodesIn(node: Node): Generator<Node> {
  yield node;
  const { schema, pointer } = node;
  for (const [name, one] of Object.entries(objectAt(schema, "properties") ?? {}))
    if (isObject(one)) yield* nodesIn(nodeAt(one, join(`${pointer}/properties`, name)));
  for (const field of ["items", "additionalProperties"]) {
    const one = objectAt(schema, field);
    if (one !== undefined) yield* nodesIn(nodeAt(one, `${pointer}/${field}`));
  }
}

function nodeAt(schema: JsonObject, pointer: string): Node {
  return { schema, pointer, isResource: schema["x-kubernetes-embedded-resource"] === true };
}

const ofResources = ["apiVersion", "kind", "metadata"];

/** What a schema has for a field: undefined if the API server removes it, `open` if it may be anything. */
function next({ schema, pointer, isResource }: Node, field: string): Node | "open" | undefined {
  if (isResource && ofResources.includes(field)) return "open";
  const known = objectAt(objectAt(schema, "properties"), field);
  if (known !== undefined) return nodeAt(known, "");
  const { additionalProperties } = schema;
  if (isObject(additionalProperties)) return nodeAt(additionalProperties, pointer);
  const isOpen = additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  return isOpen ? "open" : undefined;
}

/** `.name`, `['name']`, or an index or filter of a list. */
const step = /\.((?:\\.|[\w-])+)|\['([^']+)'\]|\[[^\]]*\]/y;

/** Whether objects with this schema may have the field at a JSONPath. Its beginning counts if the rest is too complex. */
export function mayHave(schema: JsonObject, path: string): boolean {
  let node: Node = { schema, pointer: "", isResource: true };
  step.lastIndex = 0;
  for (let match = step.exec(path); match !== null; match = step.exec(path)) {
    const [, plain, quoted] = match;
    const name = quoted ?? plain?.replaceAll(/\\(.)/g, "$1");
    const items = objectAt(node.schema, "items");
    if (name === undefined && items === undefined) return true;
    const found = name === undefined ? nodeAt(items ?? {}, "") : next(node, name);
    if (found === undefined) return false;
    if (found === "open") return true;
    node = found;
  }
  return true;
}
