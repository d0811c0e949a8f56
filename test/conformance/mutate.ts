import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { at, join } from "../../tools/core/pointer.ts";
import type { Shape } from "../../tools/validate/shape.ts";
import { type Change, changed } from "../validate/agreement.ts";
import type { Random } from "./random.ts";
import { type Spot, spotsOf } from "./spots.ts";
import { type Neighbours, valueFor } from "./values.ts";

/** Random changes of a manifest, each based on the result of the previous ones. */
export function mutate(object: JsonObject, shape: Shape, neighbours: Neighbours, random: Random): Change[] {
  const changes: Change[] = [];
  let current = object;
  const count = random.pick([1, 1, 1, 1, 2, 2, 3]);
  while (changes.length < count) {
    const change = oneChange(current, shape, neighbours, random);
    changes.push(change);
    current = changed(current, change);
  }
  return changes;
}

function oneChange(object: JsonObject, shape: Shape, neighbours: Neighbours, random: Random): Change {
  const spots = spotsOf(object, shape);
  const wanted = random.next();
  const present = spots.filter(({ value }) => value !== undefined);
  const absent = spots.filter(({ value }) => value === undefined);
  const holders = present.filter(({ value }) => isHolder(value));
  if (present.length === 0 || (wanted < 0.3 && absent.length > 0)) return set(random.pick(absent), neighbours, random);
  const spot = random.pick(present);
  if (wanted < 0.4) return { op: "remove", path: spot.path };
  if (wanted < 0.47 && holders.length > 0) return intoHolder(random.pick(holders), neighbours, random);
  return set(spot, neighbours, random);
}

function set(spot: Spot, neighbours: Neighbours, random: Random): Change {
  return {
    op: spot.value === undefined ? "add" : "replace",
    path: spot.path,
    value: valueFor(spot, neighbours, random),
  };
}

function isHolder(value: Json | undefined): boolean {
  return Array.isArray(value) || isObject(value);
}

/** Adds an element, a key, or an unknown field (or one that belongs one level deeper). */
function intoHolder({ path, field, shape, value }: Spot, neighbours: Neighbours, random: Random): Change {
  if (shape.is === "list" && Array.isArray(value)) {
    const element: Spot = { path, field, shape: shape.of, value: value[0], within: "list" };
    const twin = value.length > 0 && random.chance(0.4);
    return {
      op: "add",
      path: join(path, "-"),
      value: twin ? (value[0] as Json) : valueFor(element, neighbours, random),
    };
  }
  if (shape.is === "map") {
    const key = random.pick(["app", "example.com/x", "cpu", "memory", "a-", "", "Bad Key!", "kubernetes.io/x", "x"]);
    return {
      op: "add",
      path: join(path, key),
      value: valueFor({ path, field, shape: shape.of, value: undefined, within: "map" }, neighbours, random),
    };
  }
  const name = random.pick(["nonsense", "replica", "Name", "spec", "serviceaccountname", "port", "labels"]);
  return { op: "add", path: join(path, name), value: random.pick<Json>([1, "x", {}]) };
}

/** Smaller variants of changes: with one of them omitted, or with a smaller value in one of them. */
export function smaller(object: JsonObject, changes: readonly Change[]): Change[][] {
  const without = changes.length < 2 ? [] : changes.map((_, index) => changes.filter((_, other) => other !== index));
  const simpler = changes.flatMap((change, index) =>
    simplerValues(change.value).map((value) =>
      changes.map((other, at) => (at === index ? { ...change, value } : other)),
    ),
  );
  return [...without, ...simpler].filter((candidate) => isPossible(object, candidate));
}

function simplerValues(value: Json | undefined): Json[] {
  if (Array.isArray(value)) {
    const shorter = value.map((_, index) => value.filter((_, other) => other !== index));
    const inside = value.flatMap((one, index) => simplerValues(one).map((simpler) => value.with(index, simpler)));
    return [...shorter, ...inside];
  }
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  const fewer = keys.map((key) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)));
  const inside = keys.flatMap((key) => simplerValues(value[key]).map((simpler) => ({ ...value, [key]: simpler })));
  return [...fewer, ...inside];
}

/** Whether all changes can be applied: a change may depend on an omitted one. */
function isPossible(object: JsonObject, changes: readonly Change[]): boolean {
  let current: Json = object;
  for (const change of changes) {
    const holder = at(current, change.path.slice(0, change.path.lastIndexOf("/")));
    if (!isHolder(holder)) return false;
    if (change.op !== "add" && at(current, change.path) === undefined) return false;
    current = changed(current as JsonObject, change);
  }
  return true;
}
