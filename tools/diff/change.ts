import type { Json } from "../core/json.ts";
import { resourceId } from "../core/resource.ts";
import { isAllocatedPort } from "../validate/stored/service.ts";
import { allEffects, oldName } from "./changes.ts";
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
 */
export function reportedChange(
  draft: Draft,
  target: string,
  [own, ...places]: readonly (Position | undefined)[],
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
    fields: draft.fields.map((field, index) => fieldOf(field, draft, places[index])),
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

function fieldOf(field: Draft["fields"][number], draft: Draft, place: Position | undefined): ChangedField {
  const { pointer, path, pattern } = field;
  const { before, after } = draft.pair;
  const shown = (value: Json | undefined) => showable(value, subjectOf(draft).kind, pattern);
  return {
    pointer,
    path,
    before: isAllocated(field, draft)
      ? "(allocated by the cluster)"
      : shown(asWritten(field.before, before?.object, pointer)),
    after: shown(asWritten(field.after, after?.object, pointer)),
    effect: field.effects[0] ?? "none",
    ...placed(place),
  };
}

/** A port that only the cluster knows; allocated addresses are no differences (`storedDifferences`). */
function isAllocated({ before, pattern }: Draft["fields"][number], { pair }: Draft): boolean {
  const isPort = pair.before?.kind === "Service" && /^(?:nodePort|healthCheckNodePort)$/.test(pattern.at(-1) ?? "");
  return isPort && isAllocatedPort(before, pair.before?.object);
}

/** Without duplicates: a field and the fields below it may give the same reason. */
function reasonsOf({ fields, reasons }: Draft): Change["reasons"] {
  const all = [...reasons, ...fields.flatMap((field) => field.reasons)];
  return [...new Map(all.map((reason) => [JSON.stringify(reason), reason])).values()];
}
