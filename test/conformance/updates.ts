import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../../tools/core/json.ts";
import { isSame } from "../../tools/validate/update/compare.ts";
import type { Compared } from "../validate/agreement.ts";
import { judgeUpdate } from "../validate/updates.ts";
import { type Answer, isOfStorage, query, refusal } from "./ask.ts";
import type { Cluster, Response } from "./cluster.ts";
import { type Asked, compareAll, disagrees, type Judges, minimise, type Outcome } from "./compare.ts";
import { manifestFor, neighboursIn, type Question, randomQuestion } from "./questions.ts";
import { randomOf } from "./random.ts";
import type { Run } from "./run.ts";
import { isolated, type Seeds } from "./seeds.ts";
import { isHarmless, withObject } from "./stored.ts";

/**
 * Asks about updates: each manifest is really created, and changed manifests are applied to it with dry runs of
 * server-side apply. The comparison includes the verdict, whether the stored object changes, and whether pods restart.
 */
export async function askUpdates(run: Run): Promise<{ asked: Asked[]; smallest: Asked[]; count: number }> {
  const seeds: Seeds = Object.fromEntries(
    Object.entries(run.seeds)
      .filter(([, object]) => isHarmless(object))
      .map(([name, object]) => [name, isolated(object)]),
  );
  const names = Object.keys(seeds);
  const random = randomOf(run.options.seed);
  const neighbours = neighboursIn(seeds, run.lines, run.schemas);
  const each = Math.ceil(run.options.random / Math.max(names.length, 1));
  const all = { asked: [] as Asked[], smallest: [] as Asked[], count: 0 };
  for (const name of names) {
    const object = seeds[name] ?? {};
    const fresh = Array.from({ length: each }, () => randomQuestion(name, object, run.schemas, neighbours, random));
    const recorded = run.options.tables ? run.lines.filter(({ seed }) => seed === name) : [];
    const questions = [...recorded, ...fresh];
    const asked = await askAbout(name, object, questions, { ...run, seeds });
    if (typeof asked === "string") run.options.print(`left out: ${name}, ${asked}`);
    else {
      all.asked.push(...asked.all);
      all.smallest.push(...asked.smallest);
      all.count += questions.length;
    }
  }
  return all;
}

/** Asks about changes of an object while it exists; returns a reason if it cannot be created. */
function askAbout(name: string, object: JsonObject, questions: readonly Question[], run: Run) {
  return withObject(run.cluster, run.namespace, object, async (path) => {
    const unchanged = await apply(run.cluster, path, object);
    if (unchanged.status >= 300) return `${unchanged.body.message}`;
    const judges = judgesOf(run, name, path, unchanged.body);
    const all = await compareAll(questions, judges);
    const smallest: Asked[] = [];
    for (const one of all.filter(disagrees)) smallest.push(await minimise(one, judges));
    return { all, smallest };
  });
}

function apply(cluster: Cluster, path: string, object: JsonObject): Promise<Response> {
  const url = `${path}?dryRun=All&${query}&force=true`;
  return cluster.send("PATCH", url, object, "application/apply-patch+yaml");
}

function judgesOf(run: Run, name: string, path: string, stored: JsonObject): Judges {
  const { seeds, cluster, schemas } = run;
  const options = { versions: [cluster.version], schemas };
  const seed = seeds[name] ?? {};
  return {
    seeds,
    theirs: async (question) => {
      const object = manifestFor(question, seeds);
      const isOther = isOfStorage(object) || idOf(object) !== idOf(seed);
      const response = isOther ? undefined : await apply(cluster, path, object);
      // A controller has deleted the object if the apply creates it.
      if (response === undefined || response.status === 201) return { verdict: "unknown", outcome: "accepted" };
      return answerOf(response, stored, String(seed.kind));
    },
    ours: (question): Pick<Compared, "problems" | "warnings"> & { outcome: Outcome } =>
      judgeUpdate(seed, manifestFor(question, seeds), options),
  };
}

/** The identity of an object: with another name or namespace, it is another object. */
function idOf(object: JsonObject): string {
  const metadata = objectAt(object, "metadata");
  return `${stringAt(metadata, "namespace")}/${stringAt(metadata, "name")}`;
}

function answerOf(response: Response, stored: JsonObject, kind: string): Answer & { outcome: Outcome } {
  if (response.status >= 300) return { ...refusal("rejected", response), outcome: "refused" };
  const [before, after] = [ownPart(stored), ownPart(response.body)];
  const changed = differences(before, after, "");
  const outcome = outcomeOf(changed, kind);
  const hasPods = [stored, response.body].every((one) => objectAt(one, "spec")?.replicas !== 0);
  return { verdict: "accepted", changed, outcome: outcome === "restarts" && !hasPods ? "changed" : outcome };
}

const rolling = ["Deployment", "StatefulSet", "DaemonSet"];

/** The effect of an accepted update; `changed` are pointers to the differences in the stored object. */
export function outcomeOf(changed: readonly string[], kind: string): Outcome {
  if (changed.length === 0) return "unchanged";
  const isTemplate = (pointer: string) => pointer === "/spec/template" || pointer.startsWith("/spec/template/");
  return rolling.includes(kind) && changed.some(isTemplate) ? "restarts" : "changed";
}

const ofServer = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
const ofControllers = ["deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation"];

function ownPart({ status: _, metadata, ...object }: JsonObject): JsonObject {
  if (!isObject(metadata)) return object;
  const own = without(metadata, ofServer);
  const annotations = without(objectAt(own, "annotations") ?? {}, ofControllers);
  return { ...object, metadata: { ...own, annotations } };
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

/** Pointers to the smallest parts that differ; lists are compared as a whole. */
function differences(before: Json | undefined, after: Json | undefined, pointer: string): string[] {
  if (before === undefined || after === undefined) return before === after ? [] : [pointer];
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], `${pointer}/${escaped(key)}`));
  }
  return [pointer];
}

const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");
