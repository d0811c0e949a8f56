import { type Resource, resourceId } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { ValidateOptions } from "../validate/index.ts";
import { storageClassesIn } from "../validate/update/storage.ts";
import { judgeConfigs } from "./configs.ts";
import { type Draft, draftOf, type IsFolded, subjectOf } from "./draft.ts";
import { type Effect, effectsOf } from "./effect.ts";
import { judgeField } from "./judge.ts";
import { type Pair, pairResources } from "./pairs.ts";
import { readersOf } from "./readers.ts";
import { storedDifferences } from "./stored.ts";
import { judgeTraffic } from "./traffic.ts";

/** What changes between two states of a target, and what that does. Nothing is left out. */
export function draftsOf(before: TargetContext, after: TargetContext, known: ValidateOptions): Draft[] {
  const options = { ...known, storageClasses: storageClassesIn(after.resources) };
  const pairs = pairResources(before.resources, after.resources);
  const generated = pairs.filter(({ link }) => link === "hashed");
  const isFolded = foldingOf(generated);
  const drafts = pairs.flatMap((pair) => draftOf(pair, isFolded, options) ?? []);
  foldRollouts(drafts, after, pairs, isFolded, options);
  const applied = drafts.filter(({ isLeft }) => !isLeft);
  judgeConfigs(applied, after);
  judgeTraffic(applied, before, after);
  return drafts.filter(isTold);
}

/** What only follows a generated name is told with what has that name. */
function isTold({ pair, action, fields, reasons }: Draft): boolean {
  return action !== "changed" || pair.link !== "same" || fields.length > 0 || reasons.length > 0;
}

/** A field follows a generated name when it had the old one, and has the new one. */
function foldingOf(generated: readonly Pair[]): IsFolded {
  const names = new Map(generated.map(({ before, after }) => [before?.name, after?.name]));
  return ({ before, after }) => typeof before === "string" && names.has(before) && names.get(before) === after;
}

/** Finds the workloads that restart because a generated name is another one. */
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
      const judged = followed.map((field) => judgeField(field, old, reader));
      const [effect] = effectsOf(judged.flatMap(({ effects }) => effects)).filter((one) => one !== "none");
      if (effect !== undefined) tellRollout(draft, reader, effect);
    }
  }
}

function tellRollout(draft: Draft, reader: Resource, effect: Effect): void {
  draft.rollouts.push(reader);
  const how = effect === "recreate" ? "its pods all stop before new ones start" : "its pods are replaced";
  draft.reasons.push({ effect, message: `${reader.kind} ${reader.name} reads it under its new name: ${how}` });
}

/** All that a change does, the most dangerous first. */
export function allEffects({ fields, reasons }: Draft): Effect[] {
  return effectsOf([...fields.flatMap(({ effects }) => effects), ...reasons.map(({ effect }) => effect)]);
}

/** What the object was called, where that is another one now. */
export function oldName({ pair: { before, link } }: Draft): string | undefined {
  return link === "renamed" && before ? resourceId(before) : undefined;
}
