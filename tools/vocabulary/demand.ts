import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven, type Place } from "./place.ts";
import { since, until, type VersionSet } from "./versions.ts";

/**
 * What validation demands of a value, in the shape of the value itself: a check; several of them; or, for an object,
 * a demand on each of some fields. A demand on the field of a field says what one type asks of another *here*:
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

/** Demands by the name of the type whose every occurrence they hold for. */
export type TypeDemands = Readonly<Record<string, Demand>>;

/** Makes one check of a demand. Null is absent to the API server, so a check never sees it: it gets undefined. */
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

/** A check that only passes on what it is given has nothing to say where none of the others has. */
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
    // By index: this is where validation spends its time.
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

/** The object that a value is: in a list, null is one without any field. */
function objectAt(value: Json | undefined, at: Place): JsonObject | undefined {
  if (isObject(value)) return value;
  return value === undefined && typeof at.token === "number" ? nothing : undefined;
}

const nothing: JsonObject = Object.freeze({});

/** A check of a whole object; of anything else, another check has something to say. */
export function onObject(check: (object: JsonObject, at: Place) => void): Check {
  return ofGiven((value, at) => {
    const object = objectAt(value, at);
    if (object !== undefined) check(object, at);
  });
}

/** Of each element of a list. */
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

/** Of each value of a map. */
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

/** Of each key of a map, reported at its value. */
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

/** Asks something of the object that holds the field: `when((service) => service.type === "ExternalName", …)`. */
export type Condition = (holder: JsonObject) => boolean;

/** A field of the holder has one of these values: `when(fieldIs("type", "Queue"), …)`. */
export function fieldIs(field: string, ...allowed: string[]): Condition {
  return (holder) => allowed.includes(holder[field] as string);
}

/** Of a struct in Go: absent, it is there and empty, and is looked at. */
export function filled(demand: Demand): Check {
  const check = checkOf(demand);
  return (value, at) => check(value ?? {}, at);
}

/** Only where the object that holds the field is such; inside a list's elements, the object that holds the list. */
export function when(condition: Condition, demand: Demand, otherwise: Demand = []): Check {
  const [check, other] = [checkOf(demand), checkOf(otherwise)];
  return asThese([check, other], (value, at) => {
    if (condition(at.parent)) check(value, at);
    else other(value, at);
  });
}

/** Only if the value is such. */
export function provided(condition: (value: Json | undefined) => boolean, demand: Demand): Check {
  const check = checkOf(demand);
  return asThese([check], (value, at) => {
    if (condition(value)) check(value, at);
  });
}

/** Only from a version of Kubernetes on. */
export function from(version: string, demand: Demand): Check {
  const [set, check] = [since(version), checkOf(demand)];
  return within(set, check);
}

/** Only up to a version of Kubernetes, itself included. */
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

/** Reports under a rule: `rule("apply/probe", { … })`. */
export function rule(id: string, demand: Demand): Check {
  const check = checkOf(demand);
  return asThese([check], (value, at) => {
    const outer = at.rule;
    at.rule = id;
    check(value, at);
    at.rule = outer;
  });
}
