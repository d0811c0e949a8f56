import type { Json } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";

/** What a change does to the running cluster, most dangerous first. */
export const effects = [
  "rejected",
  "data-loss",
  "traffic-loss",
  "recreate",
  "rolling-restart",
  "scale",
  "config",
  "none",
] as const;

export type Effect = (typeof effects)[number];

/** Whether a word is the name of an effect. */
export function isEffect(word: string): word is Effect {
  return (effects as readonly string[]).includes(word);
}

/** The index of an effect in {@link effects}: lower is more dangerous. */
export function rankOf(effect: Effect): number {
  return effects.indexOf(effect);
}

/** How prominently an effect is shown, in any format. */
export type Alarm = "danger" | "caution" | "change" | "none";

/** The alarm for an effect. `danger` is shown first: something is lost, or all pods are down for a while. */
export function alarmOf(effect: Effect): Alarm {
  if (rankOf(effect) <= rankOf("recreate")) return "danger";
  if (rankOf(effect) <= rankOf("rolling-restart")) return "caution";
  return effect === "none" ? "none" : "change";
}

/** The distinct effects, most dangerous first; `none` only if there is no other. */
export function effectsOf(found: Iterable<Effect>): Effect[] {
  const all = new Set(found);
  const some = effects.filter((effect) => effect !== "none" && all.has(effect));
  return some.length > 0 ? some : ["none"];
}

/** Why a change has an effect. */
export interface Reason {
  readonly effect: Effect;
  readonly message: string;
  readonly help?: string;
  /** JSON pointer into the object in HEAD: the field that an API server rejects. */
  readonly pointer?: string;
}

/** A changed field of an object that exists before and after. */
export interface FieldChange {
  readonly pattern: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly old: Resource;
  readonly next: Resource;
}

/** What a change at or below a field does. All matching rows apply. */
export interface FieldRow {
  /** Kinds with their group: `Service`, `Deployment.apps`. */
  readonly kinds: readonly string[];
  /** Field path, with `*` for list elements; includes everything below it. */
  readonly field: string;
  readonly effect: Effect;
  readonly when?: (change: FieldChange) => boolean;
  /** What happens, as a clause without a full stop. */
  readonly says: string;
  /** The documentation that says so. */
  readonly source: string;
}

/** What removing an object does. */
export interface RemovalRow {
  readonly kinds: readonly string[];
  readonly effect: Effect;
  readonly when?: (resource: Resource) => boolean;
  readonly says: string;
  readonly source: string;
}
