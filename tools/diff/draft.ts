import type { Problem } from "../core/finding.ts";
import { podOf } from "../core/pod.ts";
import { at } from "../core/pointer.ts";
import { type Resource, resourceId } from "../core/resource.ts";
import type { FieldDifference } from "../validate/differences.ts";
import type { ValidateOptions } from "../validate/index.ts";
import { nearestWritten, writtenAt } from "../validate/stored/written.ts";
import { isSame } from "../validate/update/compare.ts";
import { effectsOf, type Reason } from "./effect.ts";
import { effectsOfField, type FieldEffects, reasonsOfRemoval } from "./field-effects.ts";
import { keptReasons } from "./kept.ts";
import type { Pair } from "./pairs.ts";
import { insteadOfUpdate, isPruned } from "./recreated.ts";
import { refusals } from "./refused.ts";
import { storedDifferences } from "./stored.ts";

/** A change that is still being judged: other changes of the same target affect its outcome. */
export interface Draft {
  readonly pair: Pair;
  readonly action: "added" | "removed" | "changed";
  fields: FieldEffects[];
  readonly reasons: Reason[];
  /** Workloads that restart because of it. */
  readonly rollouts: Resource[];
  readonly pruned?: boolean;
  /** For an edited ConfigMap or Secret: the workloads that do not pick it up by restarting. */
  stale?: Stale;
  /** An annotation prevents it from being applied over the existing object. */
  readonly isLeft?: true;
}

/** Workloads whose pods keep the old values, grouped by how they read them. */
interface Stale {
  readonly variables: readonly Resource[];
  readonly files: readonly Resource[];
}

/** Whether a difference is reported with another object. */
export type IsFolded = (field: FieldDifference, resource: Resource) => boolean;

/** The change of one object, judged by itself; undefined if nothing changes. */
export function draftOf(pair: Pair, isFolded: IsFolded, options: ValidateOptions): Draft | undefined {
  const { before, after } = pair;
  if (after === undefined) return before && removed(pair, before);
  if (before === undefined) return added(pair, after, options);
  return pair.link === "same" ? changed(pair, before, after, isFolded, options) : moved(pair, before, after, options);
}

function removed(pair: Pair, before: Resource): Draft {
  const pruned = isPruned(before);
  const kept: Reason = { effect: "none", message: "an annotation excludes it from pruning: it stays as it is" };
  const reasons = pruned ? reasonsOfRemoval(before) : [kept];
  return { pair, action: "removed", fields: [], reasons, rollouts: [], pruned };
}

function added(pair: Pair, after: Resource, options: ValidateOptions): Draft {
  return { pair, action: "added", fields: [], reasons: rejected(undefined, after, options), rollouts: [] };
}

function changed(
  pair: Pair,
  before: Resource,
  after: Resource,
  isFolded: IsFolded,
  options: ValidateOptions,
): Draft | undefined {
  if (isSame(before.object, after.object)) return undefined;
  const instead = insteadOfUpdate(after);
  const isRecreated = instead === "recreated";
  const differences = storedDifferences(before, after, options, isRecreated).filter((field) => isMeant(field, after));
  const own = writtenOf(differences, before, after).filter((field) => !isFolded(field, after));
  const fields = own.map((field) => effectsOfField(field, before, after));
  if (instead === "left") return fields.length === 0 ? undefined : untouched(pair, fields);
  const refused = refusals(isRecreated ? undefined : before, after, options);
  const kept = isRecreated ? [] : keptReasons(before, after);
  if (differences.length + refused.length + kept.length === 0) return undefined;
  const isReplaced = isRecreated || (instead === "recreated-if-refused" && refused.length > 0);
  const reasons = isReplaced ? [replaced, ...rejected(undefined, after, options)] : [...refused.map(asReason), ...kept];
  return { pair, action: "changed", fields: withRefusals(fields, reasons, after), reasons, rollouts: [] };
}

const replaced: Reason = { effect: "recreate", message: "an annotation causes it to be deleted and recreated" };

/** Leaves out fields that the API server fills in or drops as a consequence of another change. */
function writtenOf(differences: readonly FieldDifference[], before: Resource, after: Resource): FieldDifference[] {
  const isWritten = ({ pointer }: FieldDifference) =>
    [before, after].some((one) => at(one.object, writtenAt(pointer, one)) !== undefined);
  const written = differences.filter(isWritten);
  return written.length > 0 ? written : [...differences];
}

/** The order of keyed list elements means nothing, except in a pod template: reordering it triggers a rollout. */
function isMeant({ reordered, pointer }: FieldDifference, after: Resource): boolean {
  const template = podOf(after)?.pointer;
  return !reordered || (template !== undefined && pointer.startsWith(`${template}/`));
}

function untouched(pair: Pair, fields: readonly FieldEffects[]): Draft {
  const message = "an annotation says not to apply it over the existing object: nothing changes";
  const quiet = fields.map((field): FieldEffects => ({ ...field, effects: ["none"], reasons: [] }));
  return { pair, action: "changed", fields: quiet, reasons: [{ effect: "none", message }], rollouts: [], isLeft: true };
}

/** A new name means a new object: the old object is deleted and another is created. */
function moved(pair: Pair, before: Resource, after: Resource, options: ValidateOptions): Draft {
  const differences = storedDifferences(before, after, options, true);
  const names = ["metadata.name", "metadata.namespace"];
  const fields = differences
    .filter(({ path }) => pair.link === "renamed" || !names.includes(path))
    .map((field): FieldEffects => ({ ...field, effects: ["none"], reasons: [] }));
  const recreated: Reason = {
    effect: "recreate",
    message: `${resourceId(before)} is deleted and recreated under a new name`,
  };
  const gone = pair.link === "renamed" ? [...reasonsOfRemoval(before).filter(isDangerous), recreated] : [];
  return { pair, action: "changed", fields, reasons: [...gone, ...rejected(undefined, after, options)], rollouts: [] };
}

const isDangerous = ({ effect }: Reason) => effect === "data-loss" || effect === "traffic-loss";

function rejected(before: Resource | undefined, after: Resource, options: ValidateOptions): Reason[] {
  return refusals(before, after, options).map(asReason);
}

function asReason({ pointer, message, help }: Problem): Reason {
  return { effect: "rejected", message, ...(help !== undefined && { help }), pointer };
}

/** Marks the fields that were rejected, and those above and below them. */
function withRefusals(fields: readonly FieldEffects[], reasons: readonly Reason[], after: Resource): FieldEffects[] {
  const pointers = reasons.flatMap(({ pointer }) => (pointer ? [pointer] : []));
  const meets = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  return fields.map((field) => {
    const isRefused = pointers.some((pointer) => meets(pointer, writtenAt(field.pointer, after)));
    return isRefused ? { ...field, effects: effectsOf(["rejected", ...field.effects]) } : field;
  });
}

/** Pointers to the places of a change in the manifest: the object itself, then each field. */
export function pointersOf({ fields }: Draft, resource: Resource): string[] {
  return ["", ...fields.map(({ pointer }) => nearestWritten(pointer, resource))];
}

/** The object of a draft: its new state, or the old state if it is removed. */
export function subjectOf({ pair: { before, after } }: Draft): Resource {
  const subject = after ?? before;
  if (subject === undefined) throw new Error("a change without an object");
  return subject;
}

/** Whether the change restarts pods. */
export function restarts({ fields }: Draft): boolean {
  return fields.some(({ effects }) => effects.includes("rolling-restart") || effects.includes("recreate"));
}
