import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { before, since } from "../../vocabulary/versions.ts";
import { difference, valueAt, withValue } from "./compare.ts";

/** Compares a stored object with its replacement and reports changes that an update must not make. */
export type UpdateDemand = (old: JsonObject, next: JsonObject, at: Place) => void;

/** Checks of updates by the name of the type. */
export type UpdateDemands = Readonly<Record<string, readonly UpdateDemand[]>>;

/** Returns how to make the change nevertheless: the help of the finding. */
export type WayOut = (object: JsonObject) => string;

/** The field never changes: `immutable("spec.selector")`. */
export function immutable(path: string, options: Options = {}): UpdateDemand {
  const tokens = path.split(".");
  return (old, next, at) => {
    const [was, is] = [valueAt(old, tokens), valueAt(next, tokens)];
    const where = difference(was, is);
    if (where !== undefined && options.unless?.(old, next) !== true)
      refuse([...tokens, ...where], old, path, options, at);
  };
}

interface Options {
  readonly wayOut?: WayOut;
  /** The cases in which it may change. */
  readonly unless?: (old: JsonObject, next: JsonObject) => boolean;
  /** The rule, if "cannot change after it was created" does not fit. */
  readonly rule?: string;
  /** What the stored value is if the cluster allocated it, so that its manifest does not contain it: `address`. */
  readonly allocated?: (was: Json | undefined, manifest: JsonObject | undefined) => string | undefined;
}

/** Only some fields of the object at a path may change: `immutableExcept("spec", ["replicas", "template"])`. */
export function immutableExcept(path: string, fields: readonly string[], options: Options = {}): UpdateDemand {
  const tokens = path.split(".");
  const rule = options.rule ?? `only ${listed(fields)} of ${path} can change after it was created`;
  return (old, next, at) => {
    const likeOld = fields.reduce((object, field) => {
      const inner = [...tokens, ...field.split(".")];
      return withValue(object, inner, valueAt(old, inner));
    }, next);
    immutable(path, { ...options, rule })(old, likeOld, at);
  };
}

/** The field may be set once and is immutable from then on. */
export function immutableOnceSet(path: string, options: Options = {}): UpdateDemand {
  const tokens = path.split(".");
  return immutable(path, { ...options, unless: (old) => isUnset(valueAt(old, tokens)) });
}

/** Applies only if the condition holds for the stored object. */
export function whenOld(
  condition: (old: JsonObject, next: JsonObject) => boolean,
  ...demands: UpdateDemand[]
): UpdateDemand {
  return (old, next, at) => {
    if (condition(old, next)) for (const demand of demands) demand(old, next, at);
  };
}

/** Applies `earlier` before a version, and `later` from that version on. */
export function changedIn(version: string, earlier: UpdateDemand, later: UpdateDemand): UpdateDemand {
  return (old, next, at) => {
    at.within(before(version), () => earlier(old, next, at));
    at.within(since(version), () => later(old, next, at));
  };
}

/** Reports that the value at a path cannot change. */
export function refuse(
  path: readonly (string | number)[],
  old: JsonObject,
  field: string,
  options: Options,
  at: Place,
): void {
  const was = valueAt(old, path);
  at.beneath(path, () => {
    const is = asWritten(valueAt(at.root, path), at.manifests?.after, path);
    const allocated = options.allocated?.(was, at.manifests?.before);
    const words =
      allocated === undefined
        ? wasSaid(asWritten(was, at.manifests?.before, path), is, at)
        : wasAllocated(allocated, is === was ? undefined : is, at);
    const rule = options.rule ?? `${field} of ${anA(at.kind)} cannot change after it was created`;
    const wayOut = (options.wayOut ?? recreate)(at.root);
    at.report("Invalid", `${at.name()} ${words}: ${rule}`, wayOut, at.rule);
  });
}

/** Messages show `1Gi` as in the manifest, not the normalized value that is compared. */
function asWritten(
  stored: Json | undefined,
  manifest: JsonObject | undefined,
  path: readonly (string | number)[],
): Json | undefined {
  const written = valueAt(manifest, path);
  return typeof stored === "string" && typeof written === "string" ? written : stored;
}

function wasSaid(was: Json | undefined, is: Json | undefined, at: Place): string {
  if (is === undefined) return "was removed";
  if (was === undefined) return "is new";
  if (isObject(was) || Array.isArray(was)) return "differs from before";
  const [before, now] = [at.show(was), at.show(is)];
  return before === now ? "differs from before" : `was ${before} and is now ${now}`;
}

/** Nobody but the cluster knows the allocated value, so it is not shown. */
function wasAllocated(what: string, is: Json | undefined, at: Place): string {
  if (is === undefined) return `differs from the ${what} that the cluster allocated`;
  return `was ${anA(what)} that the cluster allocated and is now ${at.show(is)}`;
}

function anA(kind: string): string {
  return /^[aeio]/i.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The way out that is always possible. */
export const recreate: WayOut = ({ kind }) =>
  `Revert the change, give the ${kind} a new name, or delete it and let it be recreated.`;

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
