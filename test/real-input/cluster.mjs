// Asks a real API server whether it takes charts/*.yaml: node test/real-input/cluster.mjs --context NAME [FILE…]
//
// Every object is asked about by a server-side dry run, and so is every Pod that a template makes; a warning counts as a
// refusal. What admission wants
// to find first (definitions of custom resources, accounts, priority and runtime classes) is really created, in a
// namespace of its own, and deleted at the end. Needs kubectl and a context whose user may do all this.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadAll } from "js-yaml";

const namespace = "guestbook-test-charts";
const folder = join(import.meta.dirname, "charts");

const { context, files } = readArguments();
const created = [];
let failures = 0;

try {
  await createNamespace();
  for (const file of files) ask(file);
} finally {
  for (const name of created.toReversed()) kubectl(["delete", name, "--ignore-not-found", "--wait=false"]);
}
console.log(failures === 0 ? "\nall accepted" : `\n${failures} with another answer`);
process.exitCode = failures === 0 ? 0 : 1;

async function createNamespace() {
  if (exists(`namespace/${namespace}`)) throw new Error(`the namespace ${namespace} is there already`);
  demand(["create", "namespace", namespace]);
  created.push(`namespace/${namespace}`);
  // A namespace is of use once its controller has made the default account.
  for (let tries = 0; tries < 100 && !exists("serviceaccount/default"); tries++) await sleep(100);
}

function ask(file) {
  const text = readFileSync(join(folder, file), "utf8");
  // Changed as text: what kubectl makes of the YAML is part of the question.
  const moved = text.replaceAll(/\b(namespace["']?: ?["']?)[a-z0-9-]+/g, `$1${namespace}`);
  createFirst(loadAll(moved).flatMap((document) => document?.items ?? document ?? []));
  const all = kubectl([...dryRun("apply"), "--server-side", "--force-conflicts", "-o", "json"], moved);
  const answer = all.stdout === "" ? { items: [] } : JSON.parse(all.stdout);
  const objects = answer.items ?? [answer];
  const pods = objects.flatMap(podOf);
  const made = pods.length > 0 ? kubectl(dryRun("create"), list(pods)) : { status: 0, stderr: "" };
  const said = `${all.stderr}${made.stderr}`;
  if (all.status !== 0 || made.status !== 0 || /^Warning:/m.test(said)) fail(`${file}\n${said}`);
  else say("ok", `${file}: ${objects.length} objects, ${pods.length} pods`);
}

/** What has to be there before the rest can be asked about. */
function createFirst(objects) {
  const kinds = ["ServiceAccount", "PriorityClass", "RuntimeClass", "CustomResourceDefinition"];
  const first = objects.filter(({ kind }) => kinds.includes(kind));
  if (first.length === 0) return;
  const names = first.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  created.push(...names.filter((name) => !exists(name)));
  demand(["apply", "--server-side", "--force-conflicts", "-f", "-"], list(first));
  const definitions = names.filter((name) => name.startsWith("customresourcedefinition/"));
  if (definitions.length > 0) demand(["wait", "--for=condition=Established", "--timeout=20s", ...definitions]);
}

/** The Pod that a workload makes of its template. */
function podOf({ kind, metadata, spec }) {
  const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template;
  if (!["CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"].includes(kind)) return [];
  const volumes = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => {
    return { name, persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` } };
  });
  const pod = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...volumes] };
  const { labels, annotations } = template.metadata ?? {};
  return [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: `${metadata.name}-`, namespace, labels, annotations },
      spec: pod,
    },
  ];
}

function list(items) {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

function dryRun(verb) {
  return [verb, "--dry-run=server", "-f", "-"];
}

function exists(name) {
  return kubectl(["get", name]).status === 0;
}

/** Runs what has to succeed. */
function demand(args, input) {
  const { status, stderr } = kubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

function kubectl(args, input) {
  const options = { input, encoding: "utf8", timeout: 300_000, maxBuffer: 2 ** 26 };
  const result = spawnSync("kubectl", ["--context", context, "--namespace", namespace, ...args], options);
  if (result.error) throw result.error;
  return result;
}

function fail(what) {
  failures++;
  say("FAILED", what);
}

function say(how, what) {
  console.log(`${how.padEnd(8)}${what}`);
}

function readArguments() {
  const { values, positionals } = parseArgs({ options: { context: { type: "string" } }, allowPositionals: true });
  if (values.context === undefined)
    throw new Error("--context is missing: there is no default, lest it be the wrong cluster");
  return {
    context: values.context,
    files: positionals.length > 0 ? positionals.map((file) => basename(file)) : readdirSync(folder),
  };
}
