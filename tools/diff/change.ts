import type { Json } from "../core/json.ts";
import { type Resource, resourceId } from "../core/resource.ts";
import { allocatedAddress, isAllocatedPort } from "../validate/stored/service.ts";
import { allEffects, oldName } from "./changes.ts";
import type { Conceal } from "./conceal.ts";
import { type Draft, subjectOf } from "./draft.ts";
import type { Change, ChangedField } from "./report.ts";
import { asWritten, showable } from "./show.ts";

/** A source line to edit. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/**
 * A change in the form used by reports.
 *
 * @param places the source line of the object, then of each field
 * @param conceal hides secrets in the values
 */
export function reportedChange(
  draft: Draft,
  target: string,
  [own, ...places]: readonly (Position | undefined)[],
  conceal: Conceal,
): Change {
  const subject = subjectOf(draft);
  const from = oldName(draft);
  return {
    target,
    resource: resourceId(subject),
    kind: subject.kind,
    ...(subject.namespace !== undefined && { namespace: subject.namespace }),
    name: subject.name,
    action: draft.action,
    effects: allEffects(draft),
    fields: draft.fields.map((field, index) => fieldOf(field, draft, places[index], conceal)),
    reasons: reasonsOf(draft),
    ...(from !== undefined && { renamedFrom: from }),
    ...(draft.pruned !== undefined && { pruned: draft.pruned }),
    ...(draft.rollouts.length > 0 && { rollouts: draft.rollouts.map(resourceId) }),
    ...placed(own),
  };
}

function placed(position: Position | undefined) {
  return position && { file: position.file, line: position.line };
}

function fieldOf(
  field: Draft["fields"][number],
  draft: Draft,
  place: Position | undefined,
  conceal: Conceal,
): ChangedField {
  const { pointer, path, pattern } = field;
  const { before, after } = draft.pair;
  const written = (value: Json | undefined, side: Resource | undefined) =>
    isAllocated(value, pattern, side) ? "(allocated by the cluster)" : asWritten(value, side?.object, pointer);
  const values = [written(field.before, before), written(field.after, after)] as const;
  const [was, is] = showable(values, subjectOf(draft).kind, pattern, conceal);
  return { pointer, path, before: was, after: is, effect: field.effects[0] ?? "none", ...placed(place) };
}

/** An address or a port that only the cluster knows. */
function isAllocated(value: Json | undefined, pattern: readonly string[], side: Resource | undefined): boolean {
  if (side?.kind !== "Service") return false;
  const isPort = /^(?:nodePort|healthCheckNodePort)$/.test(pattern.at(-1) ?? "");
  return value === allocatedAddress || (isPort && isAllocatedPort(value, side.object));
}

/** Without duplicates: a field and the fields below it may give the same reason. */
function reasonsOf({ fields, reasons }: Draft): Change["reasons"] {
  const all = [...reasons, ...fields.flatMap((field) => field.reasons)];
  return [...new Map(all.map((reason) => [JSON.stringify(reason), reason])).values()];
}
