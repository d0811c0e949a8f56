import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, type Project } from "../../tools/validate/crds/catalog.ts";
import { loadSchemas, supportedVersions } from "../../tools/validate/index.ts";
import { readVerdicts, score } from "../validate/agreement.ts";
import { type Cluster, connect } from "./cluster.ts";
import { type Asked, disagrees } from "./compare.ts";
import { askCreates } from "./creates.ts";
import { withNamespace } from "./namespace.ts";
import { printCauses, printGroups } from "./report.ts";
import type { Options, Run } from "./run.ts";
import { accountsOf, folders, inNamespace, readSeeds, type Seeds } from "./seeds.ts";
import { askUpdates } from "./updates.ts";

/**
 * Asks a cluster and the gate the same questions, prints their disagreements, and returns the share of agreement (0 to
 * 1).
 */
export async function conformance(options: Options): Promise<number> {
  if (options.context === undefined)
    throw new Error("--context is missing; it has no default, which could be the wrong cluster");
  if (!Number.isInteger(options.random) || !Number.isInteger(options.seed))
    throw new Error("--random and --seed must be numbers");
  const cluster = await connect(options.context);
  try {
    if (!supportedVersions.includes(cluster.version)) throw new Error(`Kubernetes ${cluster.version} is not supported`);
    return await inOwnNamespace(cluster, options);
  } finally {
    cluster.close();
  }
}

async function inOwnNamespace(cluster: Cluster, options: Options): Promise<number> {
  const { schemas, verdicts, all } = await (options.installed ? installedKinds(options) : builtInKinds(options));
  const { only } = options;
  const isWanted = ([name, { kind }]: [string, Seeds[string]]) => only === undefined || only === name || only === kind;
  const accounts = accountsOf(all);
  // An account that others need already exists, so it cannot be created.
  const isThere = ([name]: [string, Seeds[string]]) => accounts.some((one) => name.endsWith(`/serviceaccount-${one}`));
  const wanted = Object.fromEntries(Object.entries(all).filter((seed) => isWanted(seed) && !isThere(seed)));
  return withNamespace(cluster, accounts, (namespace) => {
    const seeds = inNamespace(wanted, namespace, schemas);
    return ask({ cluster, namespace, seeds, lines: verdicts.lines, schemas, options });
  });
}

async function builtInKinds({ tests, updates }: Options) {
  const schemas = await loadSchemas();
  const verdicts = readVerdicts(join(tests, "validate/verdicts"), updates ? "updates" : "create");
  return { schemas, verdicts, all: { ...verdicts.seeds, ...readSeeds(tests, schemas) } };
}

async function installedKinds({ tests }: Options) {
  const groups = Object.values<Project>(catalog).flatMap((project) => project.groups);
  const schemas = await loadSchemas([], groups, Object.keys(catalog));
  return { schemas, verdicts: { lines: [] }, all: readSeeds(tests, schemas, folders.installed) };
}

async function ask(run: Run): Promise<number> {
  const started = performance.now();
  const { print, causes, record: file, all, updates } = run.options;
  const { asked, smallest, count } = await (updates ? askUpdates : askCreates)(run);
  printGroups(smallest, print);
  if (causes) printCauses(asked, print);
  if (file !== undefined) record(all ? asked : smallest, run.namespace, file);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  print(
    `${summary(asked, run.cluster.version)}; ${count - asked.length} left out, as they depend on the cluster's state; ${seconds} s`,
  );
  return asked.filter((one) => !disagrees(one)).length / Math.max(asked.length, 1);
}

function summary(asked: readonly Asked[], version: string): string {
  const { missed, alarms, withFields, sameField } = score(asked);
  const others = asked.filter(disagrees).length;
  const percent = (part: number, whole: number) => `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`;
  const effects = others - missed - alarms;
  return [
    `Kubernetes ${version}: ${percent(asked.length - others, asked.length)} of ${asked.length} agree (${asked.filter(({ refused }) => refused).length} rejected)`,
    `${missed} missed`,
    `${alarms} false alarms`,
    ...(effects > 0 ? [`${effects} with another effect`] : []),
    `${percent(sameField, withFields)} with the same field`,
  ].join(", ");
}

/** Appends each answer once, in the format of the tables, with the recorded name of the namespace. */
function record(asked: readonly Asked[], namespace: string, file: string): void {
  const lines = new Set(asked.map(({ recorded }) => JSON.stringify(recorded).replaceAll(namespace, "shop")));
  for (const line of lines) appendFileSync(file, `${line}\n`);
}
