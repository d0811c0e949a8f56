import { appendFileSync } from "node:fs";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, type Schemas, supportedVersions, validate } from "../../tools/validate/index.ts";
import {
  type Change,
  type Compared,
  isError,
  isRefused,
  manifestOf,
  type Recorded,
  readVerdicts,
  score,
  type Verdicts,
} from "../validate/agreement.ts";
import { type Answer, ask } from "./ask.ts";
import { type Cluster, connect, parallel } from "./cluster.ts";
import { mutate, smaller } from "./mutate.ts";
import { withNamespace } from "./namespace.ts";
import { randomOf } from "./random.ts";
import { printCauses, printGroups } from "./report.ts";
import { spotsOf } from "./spots.ts";
import { type Neighbours, neighboursOf } from "./values.ts";

export interface Options {
  readonly context: string | undefined;
  readonly random: number;
  readonly seed: number;
  readonly tables: boolean;
  readonly only: string | undefined;
  readonly causes: boolean;
  readonly record: string | undefined;
  /** The folder of the recorded tables. */
  readonly verdicts: string;
  readonly print: (text: string) => void;
}

/** One question: a seed's manifest, and what is changed in it. */
type Question = Change & Pick<Recorded, "seed" | "also">;

interface Judges {
  readonly seeds: Verdicts["seeds"];
  readonly theirs: (question: Question) => Promise<Answer>;
  readonly ours: (question: Question) => Pick<Compared, "problems" | "warnings">;
}

/** Asks a cluster and the gate the same questions, prints where they disagree, and returns how often they agree (0 to 1). */
export async function conformance(options: Options): Promise<number> {
  if (options.context === undefined)
    throw new Error("--context is missing: there is no default, lest it be the wrong cluster");
  if (!Number.isInteger(options.random) || !Number.isInteger(options.seed))
    throw new Error("--random and --seed take a number");
  const cluster = await connect(options.context);
  try {
    if (!supportedVersions.includes(cluster.version)) throw new Error(`Kubernetes ${cluster.version} is not supported`);
    return await withNamespace(cluster, (namespace) => run(cluster, namespace, options));
  } finally {
    cluster.close();
  }
}

async function run(cluster: Cluster, namespace: string, options: Options): Promise<number> {
  const started = performance.now();
  const { print } = options;
  const schemas = await loadSchemas();
  const { seeds: all, lines } = inNamespace(readVerdicts(options.verdicts), namespace);
  const neighbours = neighboursOf([...everySpot(all, schemas), ...lines.map(asNeighbour)]);
  const judges = judgesOf(cluster, namespace, all, schemas);
  const seeds = await acceptedSeeds(judges, options.only, print);
  const recorded = options.tables ? lines.filter(({ seed }) => seed in seeds) : [];
  const questions = [...recorded, ...randomQuestions(seeds, schemas, neighbours, options)];
  const compared = (await inParallel(questions, (question) => compareOne(question, judges))).filter(isKnown);
  const disagreed = compared.filter((one) => one.refused !== isRefused(one));
  const smallest = await inParallel(disagreed, (one) => minimise(one, judges));
  printGroups(smallest, print);
  if (options.causes) printCauses(compared, print);
  if (options.record !== undefined) record(smallest, namespace, options.record);
  const { agreed, missed, alarms, withFields, sameField } = score(compared);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const percent = (part: number, whole: number) => `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`;
  const refused = compared.filter((one) => one.refused).length;
  print(
    `Kubernetes ${cluster.version}: ${percent(agreed, compared.length)} of ${compared.length} agree (${refused} refused), ` +
      `${missed} missed, ${alarms} false alarms, the field of ${percent(sameField, withFields)}; ` +
      `${questions.length - compared.length} left out, for the cluster's state decides; ${seconds} s`,
  );
  return agreed / Math.max(compared.length, 1);
}

/** The recorded manifests live in a namespace of another name. */
function inNamespace({ seeds, lines }: Verdicts, namespace: string): Verdicts {
  const moved = JSON.stringify(seeds).replaceAll('"namespace":"shop"', `"namespace":"${namespace}"`);
  return { seeds: JSON.parse(moved), lines };
}

function* everySpot(seeds: Verdicts["seeds"], schemas: Schemas) {
  for (const object of Object.values(seeds)) yield* spotsOf(object, shapeOf(object, schemas));
}

function shapeOf(object: JsonObject, schemas: Schemas) {
  const kind = schemas.kind(String(object.apiVersion), String(object.kind));
  if (kind === undefined) throw new Error(`nothing is known of ${object.apiVersion} ${object.kind}`);
  return { is: "type", type: kind.type, nullable: false } as const;
}

function asNeighbour({ path, value }: Recorded) {
  return { field: /([^/]+)(?:\/(?:\d+|-))*$/.exec(path)?.[1] ?? "", value };
}

function judgesOf(cluster: Cluster, namespace: string, seeds: Verdicts["seeds"], schemas: Schemas): Judges {
  const versions = [cluster.version];
  return {
    seeds,
    theirs: (question) => ask(cluster, namespace, manifestFor(question, seeds)),
    ours: (question) => {
      const { problems } = validate(resourceOf(manifestFor(question, seeds)), { versions, schemas });
      return { problems: problems.filter(isError), warnings: problems.filter((problem) => !isError(problem)) };
    },
  };
}

function manifestFor(question: Question, seeds: Verdicts["seeds"]): JsonObject {
  return manifestOf(seeds, { ...question, verdict: "accepted" });
}

/** A cluster may lack what a recorded manifest refers to: nothing can be learnt from such a one. */
async function acceptedSeeds({ seeds, theirs }: Judges, only: string | undefined, print: Options["print"]) {
  const wanted = Object.entries(seeds).filter(
    ([name, { kind }]) => only === undefined || only === name || only === kind,
  );
  const answers = await inParallel(wanted, async ([name, object]) => {
    const unchanged: Question = { seed: name, op: "replace", path: "/kind", value: object.kind as string };
    return { name, object, answer: await theirs(unchanged) };
  });
  for (const { name, answer } of answers)
    if (answer.verdict !== "accepted") print(`left out: ${name}, ${answer.verdict}: ${answer.message}`);
  return Object.fromEntries(
    answers.filter(({ answer }) => answer.verdict === "accepted").map(({ name, object }) => [name, object]),
  );
}

function randomQuestions(
  seeds: Verdicts["seeds"],
  schemas: Schemas,
  neighbours: Neighbours,
  { random: count, seed }: Options,
): Question[] {
  const random = randomOf(seed);
  const names = Object.keys(seeds);
  return Array.from({ length: names.length === 0 ? 0 : count }, () => {
    const name = random.pick(names);
    const object = seeds[name] as JsonObject;
    return questionOf(name, mutate(object, shapeOf(object, schemas), neighbours, random));
  });
}

function questionOf(seed: string, [first, ...also]: readonly Change[]): Question {
  return { seed, ...(first as Change), ...(also.length > 0 ? { also } : {}) };
}

function changesOf({ op, path, value, also = [] }: Question): Change[] {
  return [value === undefined ? { op, path } : { op, path, value }, ...also];
}

async function compareOne(question: Question, { seeds, theirs, ours }: Judges): Promise<Compared | undefined> {
  const { verdict, ...answer } = await theirs(question);
  if (verdict === "unknown") return undefined;
  const { seed, also } = question;
  const recorded: Recorded = {
    seed,
    ...(changesOf(question)[0] as Change),
    ...(also ? { also } : {}),
    verdict,
    ...answer,
  };
  return { recorded, kind: String(seeds[seed]?.kind), refused: verdict !== "accepted", ...ours(question) };
}

function isKnown(compared: Compared | undefined): compared is Compared {
  return compared !== undefined;
}

/** Takes away from the changes as long as the two disagree in the same way. */
async function minimise(compared: Compared, judges: Judges): Promise<Compared> {
  const { seed } = compared.recorded;
  let smallest = compared;
  for (let asked = 0, found = true; found; ) {
    found = false;
    for (const changes of smaller(judges.seeds[seed] as JsonObject, changesOf(smallest.recorded))) {
      if (asked++ > 100) return smallest;
      const again = await compareOne(questionOf(seed, changes), judges);
      if (again === undefined || again.refused !== compared.refused || isRefused(again) === again.refused) continue;
      smallest = again;
      found = true;
      break;
    }
  }
  return smallest;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

/** Each once; in the words of the tables, where the namespace has its recorded name. */
function record(compared: readonly Compared[], namespace: string, file: string): void {
  const lines = new Set(compared.map(({ recorded }) => JSON.stringify(recorded).replaceAll(namespace, "shop")));
  for (const line of lines) appendFileSync(file, `${line}\n`);
}
