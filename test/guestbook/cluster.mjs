// Asks a real API server whether it takes the guestbook: npm run test:cluster -- --context NAME
//
// Needs kubectl and a context whose user may create namespaces. Whatever it creates it deletes, and it touches no
// namespace that was there before. clusters/ are asked about where the kinds of Argo CD and Flux are installed.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadAll } from "js-yaml";

const root = join(import.meta.dirname, "../..");
const overlays = readdirSync(join(root, "overlays"));
const controllers = [
  { folder: "clusters/argocd", namespace: "argocd", crd: "applicationsets.argoproj.io" },
  { folder: "clusters/flux", namespace: "flux-system", crd: "kustomizations.kustomize.toolkit.fluxcd.io" },
];

const context = readContext();
const created = new Set();
let failures = 0;

process.once("SIGINT", () => {
  cleanUp();
  process.exit(130);
});
try {
  await main();
} finally {
  cleanUp();
}
console.log(failures === 0 ? "\nall accepted" : `\n${failures} refused`);
process.exitCode = failures === 0 ? 0 : 1;

async function main() {
  const inTheWay = overlays.map((name) => `guestbook-${name}`).filter(exists);
  if (inTheWay.length > 0) stop(`these namespaces are there already, and may be in use: ${inTheWay.join(", ")}`);
  for (const overlay of overlays) await checkOverlay(overlay);
  checkLevels();
  cleanUp();
  checkOneCommand();
  for (const controller of controllers) checkController(controller);
}

/** Every object and every pod of the overlay is accepted, without a warning. */
async function checkOverlay(overlay) {
  const namespace = `guestbook-${overlay}`;
  const objects = rendered(`overlays/${overlay}`);
  // Pods are refused while their accounts are missing: these are really created, like the namespace.
  apply(objects.filter(({ kind }) => ["Namespace", "ServiceAccount"].includes(kind)));
  created.add(namespace);
  await defaultAccount(namespace);

  const all = kubectl(["apply", "-k", join(root, "overlays", overlay), "--server-side", "--dry-run=server"]);
  report(`overlays/${overlay}: ${lines(all.stdout)} objects`, all);
  const pods = create(podsOf(objects), namespace);
  report(`overlays/${overlay}: ${lines(pods.stdout)} pods`, pods);
  const kinds = all.stdout.split("\n").map((line) => line.split("/")[0]);
  if (kinds.lastIndexOf("service") > kinds.indexOf("deployment.apps"))
    fail(`overlays/${overlay}: a Service comes late`);
}

/** The levels of the namespaces are enforced: production takes no pod of overlays/dns. */
function checkLevels() {
  for (const pod of podsOf(rendered("overlays/dns"))) {
    const { status, stderr } = create([pod], "guestbook-production");
    const refused = status !== 0 && stderr.includes('violates PodSecurity "restricted');
    if (refused) say("ok", `production refuses the ${pod.metadata.name} of overlays/dns`);
    else fail(`production takes the ${pod.metadata.name} of overlays/dns: ${stderr}`);
  }
}

/** One command creates all of overlays/dns, the document's cleanup takes all of it away. */
function checkOneCommand() {
  created.add("guestbook-dns");
  const applied = kubectl(["apply", "-k", join(root, "overlays/dns")]);
  const count = applied.stdout.match(/ created$/gm)?.length ?? 0;
  report(`kubectl apply -k overlays/dns: ${count} created`, applied);
  if (count !== rendered("overlays/dns").length) fail(`kubectl apply -k overlays/dns says:\n${applied.stdout}`);
  const inside = ["--namespace", "guestbook-dns"];
  kubectl([...inside, "delete", "deployments,services", "-l", "app in (redis, guestbook)"]);
  const left = kubectl([...inside, "get", "deployments,services,replicasets", "-o", "name"]);
  if (left.stdout.trim() !== "") fail(`the cleanup leaves ${left.stdout}`);
  else report("the document's cleanup leaves nothing", left);
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

/** The pods that the Deployments would make. */
function podsOf(objects) {
  return objects
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata: { name }, spec: { template } }) => {
      return { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name }, spec: template.spec };
    });
}

/** A namespace is of use once its controller has made the default account. */
async function defaultAccount(namespace) {
  for (let tries = 0; tries < 100; tries++) {
    if (kubectl(["--namespace", namespace, "get", "serviceaccount", "default"]).status === 0) return;
    await sleep(100);
  }
  stop(`no default service account appears in ${namespace}`);
}

function create(objects, namespace) {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return kubectl(["--namespace", namespace, "create", "--dry-run=server", "-f", "-"], input);
}

function apply(objects) {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const { status, stderr } = kubectl(["apply", "--server-side", "-f", "-"], input);
  if (status !== 0) stop(stderr);
}

function rendered(folder) {
  const { status, stdout, stderr } = kubectl(["kustomize", join(root, folder)]);
  if (status !== 0) stop(stderr);
  return loadAll(stdout);
}

function exists(namespace) {
  return kubectl(["get", "namespace", namespace]).status === 0;
}

function cleanUp() {
  if (created.size > 0) kubectl(["delete", "namespace", ...created, "--ignore-not-found"]);
  created.clear();
}

function kubectl(args, input) {
  const result = spawnSync("kubectl", ["--context", context, ...args], { input, encoding: "utf8", timeout: 300_000 });
  if (result.error) stop(`kubectl could not be run: ${result.error.message}`);
  return result;
}

function report(what, { status, stderr }) {
  if (status === 0 && !/^Warning:/m.test(stderr)) say("ok", what);
  else fail(`${what}\n${stderr}`);
}

function fail(what) {
  failures++;
  say("FAILED", what);
}

function say(how, what) {
  console.log(`${how.padEnd(8)}${what}`);
}

function lines(text) {
  return text.split("\n").filter(Boolean).length;
}

/** For what is no answer of the API server. */
function stop(message) {
  console.error(`test:cluster: ${message.trim()}`);
  cleanUp();
  process.exit(2);
}

function readContext() {
  let values = {};
  try {
    ({ values } = parseArgs({ options: { context: { type: "string" } } }));
  } catch (error) {
    return usage(error.message);
  }
  return values.context ?? usage("--context is missing: there is no default, lest it be the wrong cluster");
}

function usage(message) {
  const head = readFileSync(import.meta.filename, "utf8").split("\nimport ")[0] ?? "";
  console.error(`test:cluster: ${message}\n\n${head.replaceAll(/^\/\/ ?/gm, "").trimEnd()}`);
  process.exit(2);
}
