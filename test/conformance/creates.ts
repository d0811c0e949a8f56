import { resourceOf } from "../../tools/core/resource.ts";
import { validate } from "../../tools/validate/index.ts";
import { type Change, isError } from "../validate/agreement.ts";
import { ask } from "./ask.ts";
import { type Asked, compareAll, disagrees, inParallel, type Judges, minimise } from "./compare.ts";
import { changesOf, manifestFor, neighboursIn, type Question, randomQuestion, unchanged } from "./questions.ts";
import { randomOf } from "./random.ts";
import type { Run } from "./run.ts";
import type { Seeds } from "./seeds.ts";

/** Asks about the creation of manifests: the recorded ones, and new random ones. */
export async function askCreates(run: Run): Promise<{ asked: Asked[]; smallest: Asked[]; count: number }> {
  const judges = judgesOf(run);
  const seeds = await acceptedSeeds(judges, run);
  const recorded = run.options.tables ? run.lines.filter(({ seed }) => seed in seeds) : [];
  const questions = [...recorded, ...freshQuestions(seeds, run)];
  const asked = await compareAll(questions, judges);
  const smallest = await inParallel(asked.filter(disagrees), (one) => minimise(one, judges));
  return { asked, smallest, count: questions.length };
}

function judgesOf({ cluster, namespace, seeds, schemas }: Run): Judges {
  const versions = [cluster.version];
  return {
    seeds,
    theirs: async (question) => {
      const answer = await ask(cluster, namespace, manifestFor(question, seeds));
      return { ...answer, outcome: answer.verdict === "accepted" ? "accepted" : "refused" };
    },
    ours: (question) => {
      const found = validate(resourceOf(manifestFor(question, seeds)), { versions, schemas }).problems;
      const problems = found.filter(isError);
      const warnings = found.filter((problem) => !isError(problem));
      return { problems, warnings, outcome: problems.length === 0 ? "accepted" : "refused" };
    },
  };
}

/** The seeds that the cluster accepts. It may lack objects that the others refer to. */
async function acceptedSeeds({ seeds, theirs }: Judges, { options }: Run): Promise<Seeds> {
  const answers = await inParallel(Object.entries(seeds), async ([name, object]) => {
    return { name, object, answer: await theirs(unchanged(name, seeds)) };
  });
  for (const { name, answer } of answers)
    if (answer.verdict !== "accepted") options.print(`left out: ${name}, ${answer.verdict}: ${answer.message}`);
  const accepted = answers.filter(({ answer }) => answer.verdict === "accepted");
  return Object.fromEntries(accepted.map(({ name, object }) => [name, object]));
}

function freshQuestions(seeds: Seeds, { lines, schemas, options, seeds: all }: Run): Question[] {
  const random = randomOf(options.seed);
  const neighbours = neighboursIn(all, lines, schemas);
  const names = Object.keys(seeds);
  const fresh = Array.from({ length: names.length === 0 ? 0 : options.random }, () => {
    const name = random.pick(names);
    return randomQuestion(name, seeds[name] ?? {}, schemas, neighbours, random);
  });
  // The definitions in the gate omit the status, which controllers write.
  const isOfStatus = ({ path }: Change) => /^\/status(?:\/|$)/.test(path);
  return options.installed ? fresh.filter((one) => !changesOf(one).some(isOfStatus)) : fresh;
}
