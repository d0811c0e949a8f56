import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { before, since } from "../../vocabulary/versions.ts";
import { difference, valueAt, withValue } from "./compare.ts";

/** Looks at a stored object and at what is to be stored in its place, and reports what an update may not change. */
export type UpdateDemand = (old: JsonObject, next: JsonObject, at: Place) => void;

/** Demands by the name of the type. */
export type UpdateDemands = Readonly<Record<string, readonly UpdateDemand[]>>;

/** What a person does who must have the change all the same; it comes after the sentence that says what cannot be. */
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
  /** What is said of the rule, where "cannot change after it was created" does not fit. */
  readonly rule?: string;
}

/** Of the object at a path, only some fields may change: `immutableExcept("spec", ["replicas", "template"])`. */
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

/** The field may be set once; from then on it stays. */
export function immutableOnceSet(path: string, options: Options = {}): UpdateDemand {
  const tokens = path.split(".");
  return immutable(path, { ...options, unless: (old) => isUnset(valueAt(old, tokens)) });
}

/** Only where the stored object is such. */
export function whenOld(
  condition: (old: JsonObject, next: JsonObject) => boolean,
  ...demands: UpdateDemand[]
): UpdateDemand {
  return (old, next, at) => {
    if (condition(old, next)) for (const demand of demands) demand(old, next, at);
  };
}

/** Only up to the version before this one; from it on, `later`. */
export function changedIn(version: string, earlier: UpdateDemand, later: UpdateDemand): UpdateDemand {
  return (old, next, at) => {
    at.within(before(version), () => earlier(old, next, at));
    at.within(since(version), () => later(old, next, at));
  };
}

/** Reports that the value at a path cannot become what it is to become. */
export function refuse(
  path: readonly (string | number)[],
  old: JsonObject,
  field: string,
  options: Options,
  at: Place,
): void {
  const was = valueAt(old, path);
  at.beneath(path, () => {
    const words = wasSaid(
      asWritten(was, at.manifests?.before, path),
      asWritten(valueAt(at.root, path), at.manifests?.after, path),
      at,
    );
    const rule = options.rule ?? `${field} of ${anA(at.kind)} cannot change after it was created`;
    const wayOut = (options.wayOut ?? anew)(at.root);
    at.report("Invalid", `${at.name()} ${words}: ${rule}`, wayOut, at.rule);
  });
}

/** A person has written `1Gi`, not the bytes as which it is compared. */
function asWritten(
  stored: Json | undefined,
  manifest: JsonObject | undefined,
  path: readonly (string | number)[],
): Json | undefined {
  const written = valueAt(manifest, path);
  return typeof stored === "string" && typeof written === "string" ? written : stored;
}

function wasSaid(was: Json | undefined, is: Json | undefined, at: Place): string {
  if (is === undefined) return "is gone";
  if (was === undefined) return "was not there before";
  if (isObject(was) || Array.isArray(was)) return "differs from before";
  const [before, now] = [at.show(was), at.show(is)];
  return before === now ? "differs from before" : `was ${before} and is now ${now}`;
}

function anA(kind: string): string {
  return /^[AEIO]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The way that is always open. */
export const anew: WayOut = ({ kind }) =>
  `Take the change back, give the ${kind} a new name, or delete it and let it be created anew.`;

export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
