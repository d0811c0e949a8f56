import type { Json } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";

/** What a change does to the running cluster, the most dangerous first. */
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

export function isEffect(word: string): word is Effect {
  return (effects as readonly string[]).includes(word);
}

/** The place of an effect in {@link effects}: the lower, the more dangerous. */
export function rankOf(effect: Effect): number {
  return effects.indexOf(effect);
}

/** How loud an effect is told, whatever the format. */
export type Alarm = "danger" | "caution" | "change" | "none";

/** `danger`: somebody loses something, or all pods are down for a while: it stands before all else. */
export function alarmOf(effect: Effect): Alarm {
  if (rankOf(effect) <= rankOf("recreate")) return "danger";
  if (rankOf(effect) <= rankOf("rolling-restart")) return "caution";
  return effect === "none" ? "none" : "change";
}

/** Each once, the most dangerous first; `none` only where there is nothing else. */
export function effectsOf(found: Iterable<Effect>): Effect[] {
  const all = new Set(found);
  const some = effects.filter((effect) => effect !== "none" && all.has(effect));
  return some.length > 0 ? some : ["none"];
}

/** Why a change has an effect, in a sentence. */
export interface Reason {
  readonly effect: Effect;
  readonly message: string;
  readonly help?: string;
  /** Into the object as it is in HEAD: what an API server refuses of it. */
  readonly pointer?: string;
}

/** One field of an object that is there before and after. */
export interface FieldChange {
  readonly pattern: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly old: Resource;
  readonly next: Resource;
}

/** What a change below a field does. All rows that fit are true of it. */
export interface FieldRow {
  /** With their group: `Service`, `Deployment.apps`. */
  readonly kinds: readonly string[];
  /** Elements of lists as `*`; it holds for everything below too. */
  readonly field: string;
  readonly effect: Effect;
  readonly when?: (change: FieldChange) => boolean;
  /** What happens, in half a sentence. */
  readonly says: string;
  /** Where Kubernetes says so. */
  readonly source: string;
}

/** What the removal of an object does. */
export interface RemovalRow {
  readonly kinds: readonly string[];
  readonly effect: Effect;
  readonly when?: (resource: Resource) => boolean;
  readonly says: string;
  readonly source: string;
}
