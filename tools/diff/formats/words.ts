import type { Json } from "../../core/json.ts";
import { amount, shortened } from "../../report/words.ts";
import { type Effect, effects, rankOf } from "../effect.ts";
import type { Change, DiffReport, DiffSummary, TargetChange } from "../report.ts";

/** A value in one line of at most so many characters. */
export function valueText(value: Json, most: number): string {
  if (value === null) return "(none)";
  const text = typeof value === "string" && isPlain(value) ? value : JSON.stringify(value);
  return shortened(text, most);
}

/** Needs no quotes to be told from its surroundings. */
function isPlain(text: string): boolean {
  return (
    text !== "" && text.trim() === text && !/[\n"]|^[[{]/.test(text) && !/^(?:true|false|null|-?[\d.]+)$/.test(text)
  );
}

/** The most dangerous first, then as they are in the report. */
export function gravestFirst(changes: readonly Change[]): Change[] {
  const rank = ({ effects: [first = "none"] }: Change) => rankOf(first);
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

/** The effects that are worth a word. */
export function tellingEffects({ effects }: Change): readonly Effect[] {
  return effects.filter((effect) => effect !== "none");
}

/** What became of an object besides its fields: `deleted by prune`. */
export function fateOf({ action, pruned, renamedFrom, rollouts = [] }: Change): string {
  const parts = [
    ...(action === "removed" ? [pruned ? "pruned: Argo CD and Flux delete it" : "not pruned: it stays"] : []),
    ...(renamedFrom === undefined ? [] : [`was ${renamedFrom}`]),
    ...(rollouts.length === 0 ? [] : [`restarts ${rollouts.join(", ")}`]),
  ];
  return parts.join("; ");
}

const words: readonly (readonly [TargetChange["status"], string])[] = [
  ["added", "added"],
  ["removed", "removed"],
  ["renamed", "renamed"],
  ["changed", "changed"],
  ["error", "not rendered"],
  ["unchanged", "unchanged"],
];

/** `2 targets changed, 3 unchanged: 1 object added, 4 changed`. */
export function counted({ targets, ...summary }: DiffSummary): string {
  const parts = words.filter(([status]) => targets[status] > 0);
  const ofTargets = parts.map(([status, word], index) =>
    index === 0 ? `${amount(targets[status], "target")} ${word}` : `${targets[status]} ${word}`,
  );
  const actions = (["added", "removed", "changed"] as const).filter((action) => summary[action] > 0);
  const ofObjects = actions.map((action, index) =>
    index === 0 ? `${amount(summary[action], "object")} ${action}` : `${summary[action]} ${action}`,
  );
  return `${ofTargets.join(", ") || "no targets"}: ${ofObjects.join(", ") || "nothing changes"}`;
}

/** `1 rejected, 2 rolling-restart`; nothing where nothing that runs is affected. */
export function dangers({ effects: counts }: DiffSummary): string {
  const telling = effects.filter((effect) => effect !== "none" && counts[effect] > 0);
  return telling.map((effect) => `${counts[effect]} ${effect}`).join(", ");
}

/** `main → working tree`. */
export function sidesOf({ base, head }: DiffReport): string {
  return `${base} → ${head}`;
}
