import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** An item of a LimitRange, for each Container, Pod or PersistentVolumeClaim in its namespace. */
export interface Limit {
  readonly range: Resource;
  readonly item: JsonObject;
}

/** The limits for a type that certainly apply in a namespace. */
export function limitsOf(type: string, namespace: string | undefined, context: TargetContext): Limit[] {
  return indexOf(context)
    .ofKindIn("LimitRange", namespace)
    .filter((range) => isIn(range, namespace))
    .flatMap((range) => itemsOf(range, type).map((item) => ({ range, item })));
}

/** A LimitRange without a namespace does not count if others name theirs: it may be applied to another one. */
function isIn({ namespace }: Resource, wanted: string | undefined): boolean {
  return (namespace ?? "") === (wanted ?? "");
}

function itemsOf({ object }: Resource, type: string): JsonObject[] {
  return listAt(objectAt(object, "spec"), "limits")
    .filter(isObject)
    .filter((item) => item.type === type);
}

/** Stands for an unknown amount. */
export const unsure = "";

/** The defaults of containers. */
export interface Filling {
  readonly limits: JsonObject;
  readonly requests: JsonObject;
}

/** The defaults of all LimitRanges in a namespace; {@link unsure} if two differ, since either may come first (`PodMutateLimitFunc`). */
export function fillingIn(namespace: string | undefined, context: TargetContext): Filling {
  const known = fillings(context);
  const filling = known.get(namespace) ?? readFilling(namespace, context);
  known.set(namespace, filling);
  return filling;
}

const fillings = perTarget(() => new Map<string | undefined, Filling>());

function readFilling(namespace: string | undefined, context: TargetContext): Filling {
  const all = indexOf(context)
    .ofKindIn("LimitRange", namespace)
    .map((range) => ({ isSure: isIn(range, namespace), ...fillingOf(range) }));
  const agreed = (list: keyof Filling) => Object.assign({}, ...all.map((one) => amountsOf(one[list], list, all)));
  return { limits: agreed("limits"), requests: agreed("requests") };
}

type Candidate = Filling & { readonly isSure: boolean };

function amountsOf(amounts: JsonObject, list: keyof Filling, all: readonly Candidate[]): JsonObject {
  const isAgreed = (name: string, amount: Json) =>
    all.every((one) => !Object.hasOwn(one[list], name) || (one.isSure && isSame(one[list][name], amount)));
  const entries = Object.entries(amounts);
  return Object.fromEntries(entries.map(([name, amount]) => [name, isAgreed(name, amount) ? amount : unsure]));
}

function isSame(one: Json | undefined, other: Json): boolean {
  return one === other || quantityOf(one) === quantityOf(other);
}

/** Later items override earlier ones. */
function fillingOf(range: Resource): Filling {
  const items = itemsOf(range, "Container").map(filled);
  return {
    limits: Object.assign({}, ...items.map(({ limits }) => limits)),
    requests: Object.assign({}, ...items.map(({ requests }) => requests)),
  };
}

/** The limit falls back to the maximum, and the request to the limit, then to the minimum (`SetDefaults_LimitRangeItem`). */
function filled(item: JsonObject): Filling {
  const limits = { ...objectAt(item, "max"), ...objectAt(item, "default") };
  return { limits, requests: { ...objectAt(item, "min"), ...limits, ...objectAt(item, "defaultRequest") } };
}

/** The LimitRange that fills in a limit. */
export function fillerOf(name: string, namespace: string | undefined, context: TargetContext): Resource | undefined {
  return limitsOf("Container", namespace, context).find(({ item }) => Object.hasOwn(filled(item).limits, name))?.range;
}

/** Whether gitops.yaml declares other LimitRanges, whose contents are unknown. */
export function hasOtherRanges(namespace: string | undefined, { cluster }: TargetContext): boolean {
  return (cluster ?? []).some((one) => one.kind === "LimitRange" && mayBeSameNamespace(one.namespace, namespace));
}
