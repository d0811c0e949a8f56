import type { FeatureGate } from "../core/existing.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven, type Place } from "./place.ts";
import { since, until, type VersionSet } from "./versions.ts";

/**
 * What validation requires of a value, in the shape of the value itself: a check, a list of demands, or, for an object,
 * demands by field. Demands on nested fields are what one type requires of another *here*:
 *
 *     "apps.v1.DeploymentSpec": {
 *       replicas: nonNegative,
 *       template: { spec: { restartPolicy: oneOf("Always") } },
 *     }
 */
export type Demand = Check | readonly Demand[] | Fields;

export interface Fields {
  readonly [field: string]: Demand;
}

/** Demands by type name. They apply to every value of the type. */
export type TypeDemands = Readonly<Record<string, Demand>>;

/** Combines a demand into one check. Checks get undefined for null, which the API server treats as absent. */
export function checkOf(demand: Demand): Check {
  if (typeof demand === "function") return demand;
  return isList(demand) ? all(demand.map(checkOf)) : fields(demand);
}

function isList(demand: Demand): demand is readonly Demand[] {
  return Array.isArray(demand);
}

function all(checks: readonly Check[]): Check {
  return asThese(checks, (value, at) => {
    for (const check of checks) check(value, at);
  });
}

/** Marks `check` with {@link ofGiven} if all checks that it calls are marked. */
function asThese(others: readonly Check[], check: Check): Check {
  return others.every((other) => other.ofGiven) ? ofGiven(check) : check;
}

function fields(demands: Fields): Check {
  const names = Object.keys(demands);
  const checks = Object.values(demands).map(checkOf);
  return ofGiven((value, at) => {
    const object = objectAt(value, at);
    if (object === undefined) return;
    at.open(object, "");
    // Validation spends most of its time here, and an index is fastest.
    for (let index = 0; index < names.length; index++) {
      const [field, check] = [names[index] as string, checks[index] as Check];
      const given = object[field] ?? undefined;
      if (given === undefined && check.ofGiven) continue;
      at.enter(field);
      check(given, at);
      at.leave();
    }
    at.close();
  });
}

/** The value if it is an object. A null element of a list is an object without fields. */
function objectAt(value: Json | undefined, at: Place): JsonObject | undefined {
  if (isObject(value)) return value;
  return value === undefined && typeof at.token === "number" ? nothing : undefined;
}

const nothing: JsonObject = Object.freeze({});

/** A check of a whole object. It ignores other values, which are reported elsewhere. */
export function onObject(check: (object: JsonObject, at: Place) => void): Check {
  return ofGiven((value, at) => {
    const object = objectAt(value, at);
    if (object !== undefined) check(object, at);
  });
}

/** Applies a demand to each element of a list. */
export function each(demand: Demand): Check {
  const check = checkOf(demand);
  return ofGiven((value, at) => {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index++) {
      at.enter(index);
      check(value[index] ?? undefined, at);
      at.leave();
    }
  });
}

/** Applies a demand to each value of a map. */
export function values(demand: Demand): Check {
  const check = checkOf(demand);
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) {
      at.enter(key);
      check(value[key] ?? undefined, at);
      at.leave();
    }
  });
}

/** Applies a demand to each key of a map, and reports at the key's value. */
export function keys(demand: Demand): Check {
  const check = checkOf(demand);
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) {
      at.enter(key);
      check(key, at);
      at.leave();
    }
  });
}

/** A condition on the object that holds the field: `when((service) => service.type === "ExternalName", …)`. */
type Condition = (holder: JsonObject) => boolean;

/** Whether a field of the holder has one of these values: `when(fieldIs("type", "Queue"), …)`. */
export function fieldIs(field: string, ...allowed: string[]): Condition {
  return (holder) => allowed.includes(holder[field] as string);
}

/** For a struct that is not a pointer in Go: the API server validates an absent one as empty. */
export function filled(demand: Demand): Check {
  const check = checkOf(demand);
  return (value, at) => check(value ?? {}, at);
}

/** Applies a demand if the object that holds the field meets a condition. For elements, that object holds the list. */
export function when(condition: Condition, demand: Demand, otherwise: Demand = []): Check {
  const [check, other] = [checkOf(demand), checkOf(otherwise)];
  return asThese([check, other], (value, at) => {
    if (condition(at.parent)) check(value, at);
    else other(value, at);
  });
}

/** Applies a demand if the value meets a condition. */
export function provided(condition: (value: Json | undefined) => boolean, demand: Demand): Check {
  const check = checkOf(demand);
  return asThese([check], (value, at) => {
    if (condition(value)) check(value, at);
  });
}

/** Applies a demand from a version of Kubernetes on. */
export function from(version: string, demand: Demand): Check {
  const [set, check] = [since(version), checkOf(demand)];
  return within(set, check);
}

/** Applies a demand if the cluster has a feature gate on that is off by default. */
export function gated(gate: FeatureGate, demand: Demand, otherwise: Demand = []): Check {
  const [check, other] = [checkOf(demand), checkOf(otherwise)];
  return asThese([check, other], (value, at) => {
    if (at.featureGates.includes(gate)) check(value, at);
    else other(value, at);
  });
}

/** Applies a demand up to and including a version of Kubernetes. */
export function upTo(version: string, demand: Demand): Check {
  const [set, check] = [until(version), checkOf(demand)];
  return within(set, check);
}

function within(set: VersionSet, check: Check): Check {
  return asThese([check], (value, at) => {
    const asked = at.versions & set;
    if (asked === at.versions) check(value, at);
    else if (asked !== 0) at.within(set, () => check(value, at));
  });
}

/** Reports the problems of a demand under this rule: `rule("apply/probe", { … })`. */
export function rule(id: string, demand: Demand): Check {
  const check = checkOf(demand);
  return asThese([check], (value, at) => {
    const outer = at.rule;
    at.rule = id;
    check(value, at);
    at.rule = outer;
  });
}
