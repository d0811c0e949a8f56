// Checks that a real API server accepts the guestbook: npm run test:cluster -- --context NAME
//
// Needs kubectl and a context whose user may create namespaces. It deletes all that it creates, and does not touch existing
// namespaces. The folders of clusters/ are checked if the kinds of Argo CD and Flux are installed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { noContext, readArguments } from "../arguments.mjs";
import { answers, demandOf, kubectlOn, list, untilUsable } from "../asked.mjs";

const root = join(import.meta.dirname, "../..");
const overlays = readdirSync(join(root, "overlays"));
const controllers = [
  { folder: "clusters/argocd", namespace: "argocd", crd: "applicationsets.argoproj.io" },
  { folder: "clusters/flux", namespace: "flux-system", crd: "kustomizations.kustomize.toolkit.fluxcd.io" },
];

const { context } = readArguments(
  import.meta.filename,
  "test:cluster",
  { context: { type: "string" } },
  { wrong: (values) => (values.context === undefined ? noContext : undefined) },
);
const kubectl = kubectlOn(context);
const demand = demandOf(kubectl);
const { say, fail, report, sum } = answers();
const created = new Set();

process.once("SIGINT", () => {
  cleanUp();
  process.exit(130);
});
try {
  await main();
  sum();
} catch (error) {
  // An error that is not an answer of the API server.
  console.error(`test:cluster: ${error.message.trim()}`);
  process.exitCode = 2;
} finally {
  cleanUp();
}

async function main() {
  const inTheWay = overlays.map((name) => `guestbook-${name}`).filter(exists);
  if (inTheWay.length > 0) throw new Error(`these namespaces already exist and may be in use: ${inTheWay.join(", ")}`);
  for (const overlay of overlays) await checkOverlay(overlay);
  checkLevels();
  cleanUp();
  checkOneCommand();
  for (const controller of controllers) checkController(controller);
}

/** The API server accepts every object and every pod of the overlay without a warning. */
async function checkOverlay(overlay) {
  const namespace = `guestbook-${overlay}`;
  const objects = rendered(`overlays/${overlay}`);
  // Pods are rejected without their ServiceAccounts, so these are really created, like the namespace.
  const first = objects.filter(({ kind }) => ["Namespace", "ServiceAccount"].includes(kind));
  demand(["apply", "--server-side", "-f", "-"], list(first));
  created.add(namespace);
  await untilUsable(kubectl, namespace);

  const all = kubectl(["apply", "-k", join(root, "overlays", overlay), "--server-side", "--dry-run=server"]);
  report(`overlays/${overlay}: ${lines(all.stdout)} objects`, all);
  const pods = create(podsOf(objects), namespace);
  report(`overlays/${overlay}: ${lines(pods.stdout)} pods`, pods);
  const kinds = all.stdout.split("\n").map((line) => line.split("/")[0]);
  if (kinds.lastIndexOf("service") > kinds.indexOf("deployment.apps"))
    fail(`overlays/${overlay}: a Service comes after a Deployment`);
}

/** The Pod Security levels of the namespaces are enforced: production rejects the pods of overlays/dns. */
function checkLevels() {
  for (const pod of podsOf(rendered("overlays/dns"))) {
    const { status, stderr } = create([pod], "guestbook-production");
    const isRejected = status !== 0 && stderr.includes('violates PodSecurity "restricted');
    if (isRejected) say("ok", `production rejects ${pod.metadata.name} of overlays/dns`);
    else fail(`production accepts ${pod.metadata.name} of overlays/dns: ${stderr}`);
  }
}

/** One command creates all of overlays/dns, and the document's cleanup removes all of it. */
function checkOneCommand() {
  created.add("guestbook-dns");
  const applied = kubectl(["apply", "-k", join(root, "overlays/dns")]);
  const count = applied.stdout.match(/ created$/gm)?.length ?? 0;
  report(`kubectl apply -k overlays/dns: ${count} created`, applied);
  if (count !== rendered("overlays/dns").length) fail(`kubectl apply -k overlays/dns prints:\n${applied.stdout}`);
  const inside = ["--namespace", "guestbook-dns"];
  kubectl([...inside, "delete", "deployments,services", "-l", "app in (redis, guestbook)"]);
  const left = kubectl([...inside, "get", "deployments,services,replicasets", "-o", "name"]);
  if (left.stdout.trim() !== "") fail(`the document's cleanup leaves ${left.stdout} behind`);
  else report("the document's cleanup leaves nothing behind", left);
}

function checkController({ folder, namespace, crd }) {
  if (kubectl(["get", "crd", crd]).status !== 0) {
    say("skipped", `${folder}: this cluster has no ${crd}`);
    return;
  }
  if (!exists(namespace)) {
    created.add(namespace);
    kubectl(["create", "namespace", namespace]);
  }
  const all = kubectl(["apply", "-k", join(root, folder), "--server-side", "--dry-run=server"]);
  report(`${folder}: ${lines(all.stdout)} objects`, all);
}

/** The pods that the Deployments would create. */
function podsOf(objects) {
  return objects
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata: { name }, spec: { template } }) => {
      return { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name }, spec: template.spec };
    });
}

function create(objects, namespace) {
  return kubectl(["--namespace", namespace, "create", "--dry-run=server", "-f", "-"], list(objects));
}

function rendered(folder) {
  return loadAll(demand(["kustomize", join(root, folder)]));
}

function exists(namespace) {
  return kubectl(["get", "namespace", namespace]).status === 0;
}

function cleanUp() {
  if (created.size > 0) kubectl(["delete", "namespace", ...created, "--ignore-not-found"]);
  created.clear();
}

function lines(text) {
  return text.split("\n").filter(Boolean).length;
}
