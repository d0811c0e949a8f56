import type { Resource } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import { groupKind } from "../rules/lib/target.ts";
import { type Draft, restarts, subjectOf } from "./draft.ts";
import { effectsOf } from "./effect.ts";
import type { FieldEffects } from "./field-effects.ts";
import { isVariable, type Reader, readersOf } from "./readers.ts";
import { lasting, rolling } from "./table-pods.ts";

const configs = ["ConfigMap", "Secret"];
/** Kinds whose pods keep running with what they have read; those of Jobs and CronJobs end. */
const running = [...rolling, ...lasting, "Pod"];
const contents = ["data", "binaryData", "stringData"];

/** Judges ConfigMaps and Secrets edited in place: pods read them at start, so the edit does not reach running pods. */
export function addConfigEffects(drafts: readonly Draft[], after: TargetContext): void {
  const edited = drafts.filter(isEdited);
  if (edited.length === 0) return;
  const readers = readersOf(after);
  const rolled = new Set(
    drafts.flatMap((draft) => [...draft.rollouts, ...(restarts(draft) ? [subjectOf(draft)] : [])]),
  );
  for (const draft of edited) judgeConfig(draft, readers(subjectOf(draft)), rolled, after);
}

function isEdited(draft: Draft): boolean {
  const isInPlace = draft.action === "changed" && draft.pair.link === "same";
  return isInPlace && configs.includes(groupKind(subjectOf(draft))) && draft.fields.some(isContent);
}

function isContent({ pattern }: FieldEffects): boolean {
  return contents.includes(pattern[0] ?? "");
}

function judgeConfig(
  draft: Draft,
  readers: readonly Reader[],
  rolled: ReadonlySet<Resource>,
  { isPartial }: Pick<TargetContext, "isPartial">,
): void {
  const stale = readers.filter(({ resource }) => running.includes(groupKind(resource)) && !rolled.has(resource));
  if (readers.length > 0 && stale.length === 0) {
    draft.reasons.push({ effect: "none", message: `reaches the pods of ${namesOf(readers)} as they restart` });
    return;
  }
  draft.fields = draft.fields.map((field) =>
    isContent(field) ? { ...field, effects: effectsOf(["config", ...field.effects]) } : field,
  );
  const variables = stale.filter(({ reference }) => isVariable(reference));
  const files = stale.filter(({ reference }) => !isVariable(reference));
  draft.stale = { variables: resourcesOf(variables), files: resourcesOf(files) };
  draft.reasons.push({ effect: "config", ...wordsOf(variables, files, isPartial) });
}

const resourcesOf = (readers: readonly Reader[]) => readers.map(({ resource }) => resource);

function wordsOf(
  variables: readonly Reader[],
  files: readonly Reader[],
  isPartial: true | undefined,
): { message: string; help?: string } {
  if (variables.length + files.length === 0) {
    const what = isPartial ? "nothing that is rendered of this target" : "nothing in this target";
    return { message: `${what} reads it; other readers keep the old value until they restart` };
  }
  const parts = [
    ...(variables.length > 0 ? [`the pods of ${namesOf(variables)} keep the old variables until they restart`] : []),
    ...(files.length > 0 ? [`the files in the pods of ${namesOf(files)} are updated after about a minute`] : []),
  ];
  const help =
    "Generate it with configMapGenerator or secretGenerator: its name then changes with its content, and the pods roll.";
  return { message: parts.join("; "), help };
}

function namesOf(readers: readonly Reader[]): string {
  return [...new Set(readers.map(({ resource }) => `${resource.kind} ${resource.name}`))].sort().join(", ");
}
