import { amount } from "../../core/amount.ts";
import { groupBy } from "../../core/group.ts";
import type { Json } from "../../core/json.ts";
import { fromDifference, shortened } from "../../report/words.ts";
import { type Effect, effects } from "../effect.ts";
import type { Change, ChangedField, DiffReport, DiffSummary, SideProblem, TargetChange } from "../report.ts";

/** The old and the new value, each on one line of at most `most` characters. */
export function valueTexts(before: Json, after: Json, most: number): [string, string] {
  const [was, is] = fromDifference(valueText(before), valueText(after), most);
  return [shortened(was, most), shortened(is, most)];
}

/** A value on one line. */
export function valueText(value: Json): string {
  if (value === null) return "(none)";
  return typeof value === "string" && isPlain(value) ? value : JSON.stringify(value);
}

/** Whether the text is unambiguous without quotes. */
function isPlain(text: string): boolean {
  return (
    text !== "" && text.trim() === text && !/[\n"]|^[[{]/.test(text) && !/^(?:true|false|null|-?[\d.]+)$/.test(text)
  );
}

const few = 3;

/** `overlays/a, overlays/b and 4 more`. */
export function namesOf(targets: readonly TargetChange[]): string {
  const names = targets.map(({ path }) => path);
  if (names.length <= few) return names.join(", ");
  return `${names.slice(0, few - 1).join(", ")} and ${names.length - few + 1} more`;
}

/** `changed`, `added, changed`, `renamed from overlays/old`. */
export function statusOf(targets: readonly TargetChange[]): string {
  const words = ({ status, from, problems }: TargetChange) =>
    `${problems?.every(({ partial }) => partial) ? "partly rendered" : word[status]}${from === undefined ? "" : ` from ${from}`}`;
  return [...new Set(targets.map(words))].join(", ");
}

/** The effects worth mentioning: all but `none`. */
export function tellingEffects({ effects }: Change): readonly Effect[] {
  return effects.filter((effect) => effect !== "none");
}

/** Why a target does not render, and on which sides. */
export interface Failure extends Omit<SideProblem, "side"> {
  readonly sides: readonly SideProblem["side"][];
}

/** Why a target does not render; what holds for both sides is said once. */
export function failuresOf({ problems = [] }: TargetChange): Failure[] {
  const same = groupBy(problems, ({ side: _, ...problem }) => JSON.stringify(problem));
  return [...same.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const { side: _, ...problem } = first;
    return [{ ...problem, sides: [...new Set(list.map(({ side }) => side))] }];
  });
}

/** `head does not render`, or `head does not render completely`. */
export function failed({ sides, partial }: Failure): string {
  const words = sides.length > 1 ? "neither base nor head renders" : `${sides[0]} does not render`;
  return partial ? `${words} completely` : words;
}

/** What happens to an object apart from its fields: `not pruned: it stays; was v1/ConfigMap/old`. */
export function fateOf({ action, pruned, renamedFrom, rollouts = [] }: Change): string {
  const parts = [
    ...(action === "removed" ? [pruned ? "pruned: Argo CD and Flux delete it" : "not pruned: it stays"] : []),
    ...(renamedFrom === undefined ? [] : [`was ${renamedFrom}`]),
    ...(rollouts.length === 0 ? [] : [`restarts ${rollouts.join(", ")}`]),
  ];
  return parts.join("; ");
}

/** `set by kubectl-edit at 2026-11-28T14:00:00Z` */
export function authorOf({ manager, time }: NonNullable<ChangedField["by"]>): string {
  return `set by ${manager}${time === undefined ? "" : ` at ${time}`}`;
}

/** The words for the states of targets, in the order in which they are counted. */
const word: Readonly<Record<TargetChange["status"], string>> = {
  added: "added",
  removed: "removed",
  renamed: "renamed",
  changed: "changed",
  error: "not rendered",
  unchanged: "unchanged",
};
const statuses = Object.keys(word) as TargetChange["status"][];

/** `2 targets changed, 3 unchanged: 1 object added, 4 changed`. */
export function counted({ targets, ...summary }: DiffSummary): string {
  const ofTargets = statuses
    .filter((status) => targets[status] > 0)
    .map((status, index) => `${index === 0 ? amount(targets[status], "target") : targets[status]} ${word[status]}`);
  const actions = (["added", "removed", "changed"] as const).filter((action) => summary[action] > 0);
  const ofObjects = actions.map(
    (action, index) => `${index === 0 ? amount(summary[action], "object") : summary[action]} ${action}`,
  );
  const nothing = targets.error > 0 ? "changes unknown" : "nothing changes";
  return `${ofTargets.join(", ") || "no targets"}: ${ofObjects.join(", ") || nothing}`;
}

/** `1 rejected, 2 rolling-restart`; empty if nothing that runs is affected. */
export function dangers({ effects: counts }: DiffSummary): string {
  const telling = effects.filter((effect) => effect !== "none" && counts[effect] > 0);
  return telling.map((effect) => `${counts[effect]} ${effect}`).join(", ");
}

/** `main → working tree`. */
export function sidesOf({ base, head }: DiffReport): string {
  return `${base} → ${head}`;
}
