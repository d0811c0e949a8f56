import type { Resource } from "../core/resource.ts";
import { groupKind } from "../rules/lib/target.ts";
import type { FieldDifference } from "../validate/differences.ts";
import { type Effect, effectsOf, type FieldRow, type Reason } from "./effect.ts";
import { fieldRows, removalRows } from "./table.ts";

/** A changed field and the effects of the change. */
export interface FieldEffects extends FieldDifference {
  readonly effects: readonly Effect[];
  readonly reasons: readonly Reason[];
}

/** Judges the change of one field of an object. */
export function effectsOfField(field: FieldDifference, old: Resource, next: Resource): FieldEffects {
  const kind = groupKind(next);
  const change = { ...field, old, next };
  const rows = fieldRows.filter(
    (row) => row.kinds.includes(kind) && fits(row, field.pattern) && (row.when?.(change) ?? true),
  );
  const reasons = rows.map(({ effect, says }) => ({ effect, message: says }));
  return { ...field, effects: effectsOf(rows.map(({ effect }) => effect)), reasons };
}

/** A row covers everything below its field; a row with a condition also covers changes of the field's ancestors. */
function fits({ field, when }: FieldRow, pattern: readonly string[]): boolean {
  const wanted = field.split(".");
  if (pattern.length < wanted.length && when === undefined) return false;
  return wanted.slice(0, pattern.length).every((token, index) => token === pattern[index]);
}

/** The effects of removing an object, with reasons. */
export function reasonsOfRemoval(resource: Resource): Reason[] {
  const kind = groupKind(resource);
  return removalRows
    .filter((row) => row.kinds.includes(kind) && (row.when?.(resource) ?? true))
    .map(({ effect, says }) => ({ effect, message: says }));
}
