import { type Resource, resourceId } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { ValidateOptions } from "../validate/index.ts";
import { storageClassesIn } from "../validate/update/storage.ts";
import { addConfigEffects } from "./config-effects.ts";
import { type Draft, draftOf, type IsFolded, subjectOf } from "./draft.ts";
import { type Effect, effectsOf } from "./effect.ts";
import { effectsOfField } from "./field-effects.ts";
import { type Pair, pairResources } from "./pairs.ts";
import { readersOf } from "./readers.ts";
import { storedDifferences } from "./stored.ts";
import { addTrafficEffects } from "./traffic-effects.ts";

/** All changes between two states of a target, with their effects. */
export function draftsOf(before: TargetContext, after: TargetContext, known: ValidateOptions): Draft[] {
  const options = { ...known, storageClasses: storageClassesIn(after.resources) };
  const pairs = pairResources(before.resources, after.resources);
  const generated = pairs.filter(({ link }) => link === "hashed");
  const isFolded = foldingOf(generated);
  const drafts = pairs.flatMap((pair) => draftOf(pair, isFolded, options) ?? []);
  foldRollouts(drafts, after, pairs, isFolded, options);
  const applied = drafts.filter(({ isLeft }) => !isLeft);
  addConfigEffects(applied, after);
  addTrafficEffects(applied, before, after);
  return drafts.filter(isReported);
}

/** A change that only follows a generated name is reported with the generated object. */
function isReported({ pair, action, fields, reasons }: Draft): boolean {
  return action !== "changed" || pair.link !== "same" || fields.length > 0 || reasons.length > 0;
}

/** A field follows a generated name if it changes from the old name to the new name. */
function foldingOf(generated: readonly Pair[]): IsFolded {
  const names = new Map(generated.map(({ before, after }) => [before?.name, after?.name]));
  return ({ before, after }) => typeof before === "string" && names.has(before) && names.get(before) === after;
}

/** Finds the workloads that restart because a generated name changes. */
function foldRollouts(
  drafts: readonly Draft[],
  after: TargetContext,
  pairs: readonly Pair[],
  isFolded: IsFolded,
  options: ValidateOptions,
): void {
  const hashed = drafts.filter(({ pair }) => pair.link === "hashed");
  if (hashed.length === 0) return;
  const readers = readersOf(after);
  const olds = new Map(pairs.map(({ before, after: is }) => [is, before]));
  for (const draft of hashed) {
    for (const reader of new Set(readers(subjectOf(draft)).map(({ resource }) => resource))) {
      const old = olds.get(reader);
      if (old === undefined) continue;
      const followed = storedDifferences(old, reader, options).filter((field) => isFolded(field, reader));
      const judged = followed.map((field) => effectsOfField(field, old, reader));
      const [effect] = effectsOf(judged.flatMap(({ effects }) => effects)).filter((one) => one !== "none");
      if (effect !== undefined) addRollout(draft, reader, effect);
    }
  }
}

function addRollout(draft: Draft, reader: Resource, effect: Effect): void {
  draft.rollouts.push(reader);
  const how = effect === "recreate" ? "all its pods stop before new pods start" : "its pods are replaced";
  draft.reasons.push({ effect, message: `${reader.kind} ${reader.name} reads it under its new name: ${how}` });
}

/** All effects of a change, most dangerous first. */
export function allEffects({ fields, reasons }: Draft): Effect[] {
  return effectsOf([...fields.flatMap(({ effects }) => effects), ...reasons.map(({ effect }) => effect)]);
}

/** The old id of a renamed object; undefined if it is not renamed. */
export function oldName({ pair: { before, link } }: Draft): string | undefined {
  return link === "renamed" && before ? resourceId(before) : undefined;
}
