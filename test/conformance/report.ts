import { type Change, type Compared, causesUnmet, fieldOf, groupBy } from "../validate/agreement.ts";

import type { Asked } from "./compare.ts";

type Print = (text: string) => void;

const cut = (text: string, length = 300) => (text.length > length ? `${text.slice(0, length)}…` : text);

/** Prints the disagreements, with similar ones grouped: the smallest change of each group, and both answers. */
export function printGroups(disagreed: readonly Asked[], print: Print): void {
  const groups = [...groupBy(disagreed, (one) => `${one.kind} ${fieldOf(one.recorded.path)} ${reasonsOf(one)}`)];
  groups.sort(([, a], [, b]) => b.length - a.length);
  for (const [, [first, ...others]] of groups) {
    if (first === undefined) continue;
    const { recorded, kind, problems } = first;
    print(`${wordFor(first)} ${kind} (${recorded.seed})${others.length > 0 ? ` ×${others.length + 1}` : ""}`);
    for (const change of [recorded, ...(recorded.also ?? [])]) print(`    ${textOf(change)}`);
    print(`    the cluster: ${first.theirs} ${cut(recorded.message ?? recorded.changed?.join(" ") ?? "")}`);
    print(
      `    the gate:    ${problems.map(({ rule, message }) => cut(`${rule}: ${message}`)).join("\n                 ") || first.ours}`,
    );
  }
}

function wordFor({ theirs, ours }: Asked): string {
  if (theirs === "refused") return "missed";
  return ours === "refused" ? "false alarm" : "another effect";
}

function textOf({ op, path, value }: Change): string {
  return `${op} ${path}${value === undefined ? "" : ` ${cut(JSON.stringify(value), 200)}`}`;
}

function reasonsOf({ theirs, ours, recorded, problems }: Asked): string {
  const reasons =
    theirs !== "refused" && ours !== "refused"
      ? [theirs, ours]
      : theirs === "refused"
        ? (recorded.causes ?? []).map(([, reason]) => reason)
        : problems.map(({ rule }) => rule);
  return [...new Set(reasons)].join(" ");
}

/** Prints the causes that the API server names in manifests that both reject, but for which the gate has no problem. */
export function printCauses(compared: readonly Compared[], print: Print): void {
  const unmet = compared.flatMap((one) => {
    const causes = causesUnmet(one);
    const word = causes.length === one.recorded.causes?.length ? "no cause found" : "cause not found";
    return causes.map((cause) => ({ one, cause, word }));
  });
  const groups = [
    ...groupBy(
      unmet,
      ({ one, cause: [field, reason], word }) => `${word}: ${one.kind} ${field.replaceAll(/\[\d+\]/g, "[]")} ${reason}`,
    ),
  ];
  groups.sort(([, a], [, b]) => b.length - a.length);
  for (const [key, [first, ...others]] of groups) {
    if (first === undefined) continue;
    const { recorded, problems } = first.one;
    print(`${key}${others.length > 0 ? ` ×${others.length + 1}` : ""} (${recorded.seed})`);
    for (const change of [recorded, ...(recorded.also ?? [])]) print(`    ${textOf(change)}`);
    print(`    the cluster: ${cut(recorded.message ?? "", 600)}`);
    print(
      `    the gate:    ${problems.map(({ rule, message }) => cut(`${rule}: ${message}`)).join("\n                 ")}`,
    );
  }
}
