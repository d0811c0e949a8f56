import { groupBy } from "../core/group.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { groupOf, type Resource } from "../core/resource.ts";
import { isSame } from "../validate/update/compare.ts";
import { type Match, matchResources } from "./match.ts";

/** One object in two states, and whether it is the same object to a cluster. */
export interface Pair extends Match {
  /** `renamed`: another object with the same content. `hashed`: only the suffix that a generator appended differs. */
  readonly link: "same" | "renamed" | "hashed";
}

/**
 * The objects of two states side by side, including objects whose name changed: those that a kustomize generator names by
 * content, and those that differ only in name or namespace.
 */
export function pairResources(before: readonly Resource[], after: readonly Resource[]): Pair[] {
  const matches = matchResources(before, after);
  const gone = new Set(matches.flatMap(({ before: was, after: is }) => (was && !is ? [was] : [])));
  const hashed = groupBy(gone, generatedId);
  const alike = groupBy(gone, kindId);
  const take = (found: Resource | undefined) => {
    if (found !== undefined) gone.delete(found);
    return found;
  };
  const partner = (is: Resource): Pair => {
    const id = generatedId(is);
    const last = id === undefined ? undefined : take(hashed.get(id)?.find((was) => gone.has(was)));
    if (last) return { before: last, after: is, link: "hashed" };
    const same = take(alike.get(kindId(is))?.find((was) => gone.has(was) && hasSameContent(was, is)));
    return { before: same, after: is, link: same ? "renamed" : "same" };
  };
  const present = matches
    .filter(({ after: is }) => is !== undefined)
    .map((match): Pair => (match.before || !match.after ? { ...match, link: "same" } : partner(match.after)));
  return [...present, ...[...gone].map((was): Pair => ({ before: was, after: undefined, link: "same" }))];
}

/** The content hash that kustomize appends (`hasher.encode` in sigs.k8s.io/kustomize/api). */
const suffix = /-[2456789bcdfghkmt]{10}$/;

/** Identifies a generated ConfigMap or Secret without its suffix; undefined for other objects. */
function generatedId({ apiVersion, kind, namespace = "", name }: Resource): string | undefined {
  if (apiVersion !== "v1" || (kind !== "ConfigMap" && kind !== "Secret") || !suffix.test(name)) return undefined;
  return JSON.stringify([kind, namespace, name.replace(suffix, "")]);
}

function kindId({ apiVersion, kind }: Resource): string {
  return JSON.stringify([groupOf(apiVersion), kind]);
}

function hasSameContent(was: Resource, is: Resource): boolean {
  return isSame(nameless(was.object), nameless(is.object));
}

function nameless({ metadata, ...object }: JsonObject): JsonObject {
  if (!isObject(metadata)) return object;
  const { name: _, namespace: __, ...rest } = metadata;
  return { ...object, metadata: rest };
}
