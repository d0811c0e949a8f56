import type { JsonObject } from "../../tools/core/json.ts";
import type { Change, Compared, Recorded } from "../validate/agreement.ts";
import type { Answer } from "./ask.ts";
import { parallel } from "./cluster.ts";
import { smaller } from "./mutate.ts";
import { changesOf, type Question, questionOf } from "./questions.ts";
import type { Seeds } from "./seeds.ts";

/** What comes of a manifest, in a word: `accepted` or `refused`; of an update also what it changes. */
export type Outcome = "accepted" | "refused" | "unchanged" | "changed" | "restarts";

/** What a cluster answered, and what the gate did. */
export interface Asked extends Compared {
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

/** The two that are held against each other. */
export interface Judges {
  readonly seeds: Seeds;
  readonly theirs: (question: Question) => Promise<Answer & { readonly outcome: Outcome }>;
  readonly ours: (question: Question) => Pick<Compared, "problems" | "warnings"> & { readonly outcome: Outcome };
}

/** Asks both; undefined where the cluster's state decides. */
export async function compareOne(question: Question, { seeds, theirs, ours }: Judges): Promise<Asked | undefined> {
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

export async function compareAll(questions: readonly Question[], judges: Judges): Promise<Asked[]> {
  const compared = await inParallel(questions, (question) => compareOne(question, judges));
  return compared.filter((one) => one !== undefined);
}

export function disagrees({ theirs, ours }: Asked): boolean {
  return theirs !== ours;
}

/** Takes away from the changes as long as the two disagree in the same way. */
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

/** Does some work for all items, as many at a time as the cluster is asked at once. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
