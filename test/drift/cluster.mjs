// Tries `gitops drift` on a real cluster: node test/drift/cluster.mjs --context NAME
//
// Needs kubectl, diff and a context whose user may create a namespace. It creates its own namespace and deletes it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { context: { type: "string" } } });
if (values.context === undefined) throw new Error("name the context: node test/drift/cluster.mjs --context NAME");
const namespace = `diff-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), "gitops-drift-"));
const program = join(import.meta.dirname, "../../dist/gitops.js");
let failures = 0;

const files = {
  "kustomization.yaml": `resources: [all.yaml]\nnamespace: ${namespace}\nsecretGenerator: [{name: keys, literals: [p=hunter2]}]\ngeneratorOptions: {disableNameSuffixHash: true}\n`,
  "all.yaml": [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { a: "1" } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: { containers: [{ name: "web", image: "r.example.com/web:1" }] },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
  ],
};

process.once("SIGINT", () => {
  cleanUp();
  process.exit(130);
});
try {
  main();
} finally {
  cleanUp();
}
console.log(failures === 0 ? "\nas expected" : `\n${failures} not as expected`);
process.exitCode = failures === 0 ? 0 : 1;

function main() {
  write(files["all.yaml"]);
  expect("nothing is deployed", 1, [
    "added Namespace",
    "added ConfigMap",
    "added Secret",
    "added Service",
    "added Deployment",
  ]);
  for (const manager of ["argocd-controller", "kustomize-controller"]) {
    kubectl(["apply", "--server-side", "--force-conflicts", "--field-manager", manager, "-k", folder]);
    expect(`everything is deployed, applied by ${manager}`, 0, []);
  }
  kubectl(["-n", namespace, "set", "image", "deployment/web", "web=r.example.com/web:2"]);
  kubectl(["-n", namespace, "patch", "configmap", "settings", "-p", '{"data":{"a":"9"}}']);
  kubectl(["-n", namespace, "patch", "secret", "keys", "-p", '{"stringData":{"p":"correct-horse"}}']);
  kubectl(["-n", namespace, "label", "service", "web", "by=hand"]);
  const report = expect("edited by hand", 1, ["changed ConfigMap", "changed Secret", "changed Deployment"]);
  const [field] = report.changes.find(({ kind }) => kind === "Deployment")?.fields ?? [];
  check(
    "the image has its line and who set it",
    field?.file?.endsWith("all.yaml") && field.by?.manager === "kubectl-set",
  );
  check("no secret is shown", !/hunter2|correct-horse|aHVudGVyMg|Y29ycmVjd/.test(JSON.stringify(report)));
  kubectl(["-n", namespace, "delete", "service", "web"]);
  write(files["all.yaml"].map((one) => (one.kind === "Deployment" ? withSelector(one, "other") : one)));
  const afterDelete = expect("one object is rejected, one is missing", 1, [
    "changed ConfigMap",
    "changed Secret",
    "changed Deployment",
    "added Service",
  ]);
  const reasons = afterDelete.changes.find(({ kind }) => kind === "Deployment")?.reasons ?? [];
  check(
    "the rejection has the API server's message",
    reasons.some(({ effect, message }) => effect === "rejected" && message.includes("immutable")),
  );
}

function withSelector(deployment, app) {
  const { template, ...spec } = deployment.spec;
  const labels = { app };
  return {
    ...deployment,
    spec: { ...spec, selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } },
  };
}

function write(objects) {
  writeFileSync(join(folder, "kustomization.yaml"), files["kustomization.yaml"]);
  writeFileSync(join(folder, "all.yaml"), objects.map((one) => JSON.stringify(one)).join("\n---\n"));
}

/** Runs `gitops drift` and checks its exit status and changes. Returns the report. */
function expect(name, code, changes) {
  const ended = spawnSync(process.execPath, [program, "drift", ".", "--context", values.context, "-o", "json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const report = ended.stdout === "" ? { changes: [] } : JSON.parse(ended.stdout);
  const found = report.changes.map(({ action, kind }) => `${action} ${kind}`).sort();
  const same = ended.status === code && found.join() === [...changes].sort().join();
  check(name, same, `${ended.status}: ${found.join(", ")} ${ended.stderr}`);
  return report;
}

function check(name, isRight, what = "") {
  if (!isRight) failures++;
  console.log(`${isRight ? "✓" : "✗"} ${name}${isRight ? "" : `: ${what}`}`);
}

function kubectl(args) {
  const { status, stderr } = spawnSync("kubectl", ["--context", values.context, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

function cleanUp() {
  rmSync(folder, { recursive: true, force: true });
  spawnSync("kubectl", [
    "--context",
    values.context,
    "delete",
    "namespace",
    namespace,
    "--ignore-not-found",
    "--wait=false",
  ]);
}
