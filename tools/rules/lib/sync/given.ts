import { isObject, type JsonObject, listAt, objectAt } from "../../../core/json.ts";
import { at, join } from "../../../core/pointer.ts";
import type { RepositoryContext } from "../../../core/repository.ts";
import { flattened } from "./parameters.ts";
import { normal, type Sync } from "./sync.ts";
import { filled } from "./template.ts";

/**
 * Points to the path of a sync where one would correct it: in the element of a list generator that gives the path, if what
 * the template adds to it exists.
 */
export function givenAt({ resource, pointer, path }: Sync, repository: RepositoryContext): string {
  const text = at(resource.object, pointer);
  const spec = objectAt(resource.object, "spec");
  if (typeof text !== "string" || !text.includes("{{") || spec === undefined) return pointer;
  const giving = elementsIn(spec).find(({ element }) => pathOf(text, element) === path);
  if (giving === undefined || isWrong(text, giving.element, repository)) return pointer;
  return fieldOf(text, giving);
}

interface Element {
  readonly element: JsonObject;
  readonly pointer: string;
}

/** The elements of the list generators of an ApplicationSet, including those within `matrix` and `merge`. */
function elementsIn(spec: JsonObject, above = "/spec"): Element[] {
  return listAt(spec, "generators").flatMap((generator, index) => {
    if (!isObject(generator)) return [];
    const pointer = `${above}/generators/${index}`;
    const elements = listAt(objectAt(generator, "list"), "elements");
    return [
      ...elements.flatMap((element, index) =>
        isObject(element) ? [{ element, pointer: `${pointer}/list/elements/${index}` }] : [],
      ),
      ...["matrix", "merge"].flatMap((field) => elementsIn(objectAt(generator, field) ?? {}, `${pointer}/${field}`)),
    ];
  });
}

/** The path that an element gives alone; undefined if the template needs other values, too. */
function pathOf(text: string, element: JsonObject): string | undefined {
  const path = filled(text, { ...flattened(element), ...element });
  return path === undefined ? undefined : normal(path);
}

/** Whether the template adds a folder to the value that does not exist, or something to a folder that exists. */
function isWrong(text: string, element: JsonObject, { placeAt }: RepositoryContext): boolean {
  const above = /^((?:(?!\{\{).)*)\//s.exec(text)?.[1];
  if (above && placeAt(normal(above)) === undefined) return true;
  const upTo = /^.*\}\}[^/]*(?=\/[^/])/s.exec(text)?.[0];
  const folder = upTo === undefined ? undefined : pathOf(upTo, element);
  return folder !== undefined && placeAt(folder) !== undefined;
}

/** The field of an element that the only expression of a template names; the element if there are several. */
function fieldOf(text: string, { element, pointer }: Element): string {
  const [name, ...others] = [...text.matchAll(/\{\{-?\s*\.?([\w.-]+?)\s*-?\}\}/g)].map(([, one = ""]) => one);
  if (name === undefined || others.length > 0) return pointer;
  const field = Object.hasOwn(element, name) ? join("", name) : `/${name.replaceAll(".", "/")}`;
  return at(element, field) === undefined ? pointer : pointer + field;
}
