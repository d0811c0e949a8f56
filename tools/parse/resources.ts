import { isObject, type Json, type JsonObject, listAt } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import { type LocatedProblem, type Resource, resourceOf } from "../core/resource.ts";
import type { Document } from "./documents.ts";

/** The deepest nesting of lists that is expanded. */
const maxLists = 10;

/** The resources in the documents of a file, and a problem for each value that is not a resource. */
export interface Resources {
  readonly resources: Resource[];
  readonly problems: LocatedProblem[];
}

/**
 * The resources in documents. A list (`v1 List`, or any kind that ends with List and has items) is replaced with its
 * items, as in `kubectl apply`.
 *
 * @param file the documents were read from, if any; the resources then have a source.
 */
export function resourcesOf(documents: readonly Document[], file?: string): Resources {
  const found: Resources = { resources: [], problems: [] };
  for (const document of documents) collect(found, document.value, { document: document.index, pointer: "", file }, 0);
  return found;
}

interface Place {
  readonly document: number;
  readonly pointer: string;
  readonly file: string | undefined;
}

function collect(found: Resources, value: Json, place: Place, depth: number): void {
  if (!isObject(value)) {
    found.problems.push(notAnObject(value, place));
    return;
  }
  if (!isList(value) || depth >= maxLists) {
    const { file, ...rest } = place;
    found.resources.push(resourceOf(value, file === undefined ? undefined : { file, ...rest }));
    return;
  }
  const items = join(place.pointer, "items");
  listAt(value, "items").forEach((item, index) => {
    collect(found, item, { ...place, pointer: join(items, index) }, depth + 1);
  });
}

function isList(object: JsonObject): boolean {
  const { kind, apiVersion, items } = object;
  return typeof kind === "string" && kind.endsWith("List") && typeof apiVersion === "string" && Array.isArray(items);
}

function notAnObject(value: Json, place: Place): LocatedProblem {
  const what = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  const where = place.pointer === "" ? `document ${place.document + 1}` : place.pointer;
  return {
    rule: "schema/parse-error",
    pointer: place.pointer,
    message: `${where} is ${what}, not a Kubernetes object`,
    help: "Each document in a manifest must be a mapping with apiVersion, kind and metadata.",
    ...(place.file !== undefined && { file: place.file }),
  };
}
