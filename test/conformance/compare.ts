import type { JsonObject } from "../../tools/core/json.ts";
import type { Change, Compared, Recorded } from "../validate/agreement.ts";
import type { Answer } from "./ask.ts";
import { parallel } from "./cluster.ts";
import { smaller } from "./mutate.ts";
import { changesOf, type Question, questionOf } from "./questions.ts";
import type { Seeds } from "./seeds.ts";

/** The outcome for a manifest: `accepted` or `refused`; for an accepted update, its effect. */
export type Outcome = "accepted" | "refused" | "unchanged" | "changed" | "restarts";

/** The answers of a cluster and of the gate. */
export interface Asked extends Compared {
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

/** The cluster and the gate, which are compared. */
export interface Judges {
  readonly seeds: Seeds;
  readonly theirs: (question: Question) => Promise<Answer & { readonly outcome: Outcome }>;
  readonly ours: (question: Question) => Pick<Compared, "problems" | "warnings"> & { readonly outcome: Outcome };
}

/** Asks both; undefined if the answer depends on the cluster's state. */
async function compareOne(question: Question, { seeds, theirs, ours }: Judges): Promise<Asked | undefined> {
  const { verdict, outcome, ...answer } = await theirs(question);
  if (verdict === "unknown") return undefined;
  const { seed, also } = question;
  const change = changesOf(question)[0] as Change;
  const recorded: Recorded = { seed, ...change, ...(also ? { also } : {}), verdict, ...answer };
  const { outcome: own, ...found } = ours(question);
  return {
    recorded,
    kind: String(seeds[seed]?.kind),
    refused: verdict !== "accepted",
    ...found,
    theirs: outcome,
    ours: own,
  };
}

/** Asks both all questions; the result has no entry for answers that depend on the cluster's state. */
export async function compareAll(questions: readonly Question[], judges: Judges): Promise<Asked[]> {
  const compared = await inParallel(questions, (question) => compareOne(question, judges));
  return compared.filter((one) => one !== undefined);
}

/** Whether the cluster and the gate disagree. */
export function disagrees({ theirs, ours }: Asked): boolean {
  return theirs !== ours;
}

/** Reduces the changes as long as the two disagree in the same way. */
export async function minimise(asked: Asked, judges: Judges): Promise<Asked> {
  const { seed } = asked.recorded;
  let smallest = asked;
  for (let count = 0, found = true; found; ) {
    found = false;
    for (const changes of smaller(judges.seeds[seed] as JsonObject, changesOf(smallest.recorded))) {
      if (count++ > 100) return smallest;
      const again = await compareOne(questionOf(seed, changes), judges);
      if (again?.theirs !== asked.theirs || again.ours !== asked.ours) continue;
      smallest = again;
      found = true;
      break;
    }
  }
  return smallest;
}

/** Processes all items, with as many at a time as there may be concurrent requests. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
