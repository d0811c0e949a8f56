// Asks a real API server whether it accepts charts/*.yaml: node test/real-input/cluster.mjs --context NAME [FILE…]
//
// Sends every object, and every Pod that a template creates, as a server-side dry run; a warning counts as a rejection. What
// admission needs first (CustomResourceDefinitions, service accounts, priority and runtime classes) is really created, in a
// separate namespace, and deleted at the end. Needs kubectl and a context whose user may do all this.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { loadAll } from "js-yaml";
import { noContext, readArguments } from "../arguments.mjs";
import { answers, demandOf, kubectlOn, list, untilUsable } from "../asked.mjs";

const namespace = "guestbook-test-charts";
const folder = join(import.meta.dirname, "charts");

const { context, positionals } = readArguments(
  import.meta.filename,
  "charts",
  { context: { type: "string" } },
  { positionals: true, wrong: (values) => (values.context === undefined ? noContext : undefined) },
);
const files = positionals.length > 0 ? positionals.map((file) => basename(file)) : readdirSync(folder);
const kubectl = kubectlOn(context, ["--namespace", namespace]);
const demand = demandOf(kubectl);
const { report, sum } = answers();
const created = [];

try {
  await createNamespace();
  for (const file of files) send(file);
  sum();
} finally {
  for (const name of created.toReversed()) kubectl(["delete", name, "--ignore-not-found", "--wait=false"]);
}

async function createNamespace() {
  if (exists(`namespace/${namespace}`)) throw new Error(`the namespace ${namespace} already exists`);
  demand(["create", "namespace", namespace]);
  created.push(`namespace/${namespace}`);
  await untilUsable(kubectl, namespace);
}

function send(file) {
  const text = readFileSync(join(folder, file), "utf8");
  // Changed as text, so that kubectl's reading of the YAML is tested, too.
  const moved = text.replaceAll(/\b(namespace["']?: ?["']?)[a-z0-9-]+/g, `$1${namespace}`);
  createFirst(loadAll(moved).flatMap((document) => document?.items ?? document ?? []));
  const all = kubectl([...dryRun("apply"), "--server-side", "--force-conflicts", "-o", "json"], moved);
  const answer = all.stdout === "" ? { items: [] } : JSON.parse(all.stdout);
  const objects = answer.items ?? [answer];
  const pods = objects.flatMap(podOf);
  const made = pods.length > 0 ? kubectl(dryRun("create"), list(pods)) : { status: 0, stderr: "" };
  report(`${file}: ${objects.length} objects, ${pods.length} pods`, {
    status: all.status || made.status,
    stderr: `${all.stderr}${made.stderr}`,
  });
}

/** Creates what must exist before the rest is sent. */
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

/** The Pod that a workload creates from its template. */
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

function dryRun(verb) {
  return [verb, "--dry-run=server", "-f", "-"];
}

function exists(name) {
  return kubectl(["get", name]).status === 0;
}
