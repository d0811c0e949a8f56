import { isObject, type Json } from "../core/json.ts";
import { groupOf, type Resource } from "../core/resource.ts";
import { child, items, type Node, text } from "./node.ts";
import { idOf, idsOf, type Shadow } from "./shadow.ts";

/** The hash that kustomize appends to the names of generated ConfigMaps and Secrets. */
const HASH = /^-[0-9a-z]{10}$/;

/**
 * The shadow of a rendered resource: the one with its kind and name, or else the most similar one of its kind, as the
 * name may have changed in a way that is not followed.
 *
 * @param file the origin of the resource according to kustomize, if known.
 */
export function findShadow(shadows: readonly Shadow[], resource: Resource, file?: string): Shadow | undefined {
  const group = groupOf(resource.apiVersion);
  const kin = shadows.filter(({ node }) => idOf(node).kind === resource.kind && idOf(node).group === group);
  const named = kin.filter((shadow) => hasName(shadow, resource.name));
  if (named.length > 0) return best(named, (shadow) => score(shadow, resource, file));
  const near = file === undefined ? kin : kin.filter((shadow) => shadow.origin.file === file);
  const found = best(near, (shadow) => likeness(shadow.node, resource.object));
  return found && likeness(found.node, resource.object) >= ENOUGH ? found : undefined;
}

/** The minimum similarity of a resource with a different name. */
const ENOUGH = 0.5;

function hasName(shadow: Shadow, name: string): boolean {
  const mine = idOf(shadow.node).name;
  return mine === name || (shadow.generated && name.startsWith(mine) && HASH.test(name.slice(mine.length)));
}

function best(candidates: readonly Shadow[], rate: (shadow: Shadow) => number): Shadow | undefined {
  if (candidates.length < 2) return candidates[0];
  const rates = candidates.map(rate);
  return candidates[rates.indexOf(Math.max(...rates))];
}

function score(shadow: Shadow, resource: Resource, file: string | undefined): number {
  const namespace = resource.namespace ?? "";
  const here = idOf(shadow.node).namespace === namespace ? 4 : 0;
  const before = idsOf(shadow).some((other) => other.namespace === namespace) ? 1 : 0;
  const named = idOf(shadow.node).name === resource.name ? 2 : 0;
  return here + before + named + (file !== undefined && shadow.origin.file === file ? 8 : 0);
}

/** The share of the rendered scalars that the shadow also has, from 0 to 1. */
function likeness(node: Node, value: Json): number {
  const count = { same: 0, all: 0, left: 2000 };
  compare(node, value, count);
  return count.all === 0 ? 0 : count.same / count.all;
}

interface Count {
  same: number;
  all: number;
  left: number;
}

function compare(node: Node | undefined, value: Json, count: Count): void {
  if (count.left-- < 0) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) compare(items(node)[index], item, count);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) compare(child(node, key), value[key] ?? null, count);
  } else {
    count.all++;
    if (node?.kind === "scalar" && text(node) === String(value ?? "")) count.same++;
  }
}
