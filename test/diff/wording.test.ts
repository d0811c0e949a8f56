import { expect, test } from "vitest";
import { pretty } from "../../tools/diff/formats/pretty.ts";
import { commit, newRepository } from "../git/repository.ts";
import { writeFilesIn } from "../run.ts";
import { diffReport } from "./history.ts";
import { config, statefulSet, workload } from "./table.ts";

const yaml = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join("\n---\n");

/** What `gitops diff` prints about one overlay per namespace, all of which change in the same way. */
async function printed(before: object[], after: object[], namespaces = ["shop"]): Promise<string> {
  const cwd = newRepository();
  const overlays = namespaces.map((name) => [
    `overlays/${name}/kustomization.yaml`,
    `resources: [../../base]\nnamespace: ${name}\n`,
  ]);
  commit(cwd, {
    "gitops.yaml": "targets: [overlays]\n",
    "base/kustomization.yaml": "resources: [all.yaml]\n",
    "base/all.yaml": yaml(...before),
    ...Object.fromEntries(overlays),
  });
  writeFilesIn(cwd, { "base/all.yaml": yaml(...after) });
  const { report } = await diffReport(["main"], { cwd });
  return pretty(report, { colours: false, objects: [] });
}

test("a change shared by namespaces is shown without a namespace, even if one is named like the API version", async () => {
  const text = await printed([workload({ replicas: 2 })], [workload({ replicas: 3 })], ["v1", "v2"]);
  expect(text).toContain("overlays/v1, overlays/v2");
  expect(text).toContain("~ apps/v1/Deployment/web");
});

test("a change that stops all pods at once is marked as dangerous", async () => {
  const strategy = { strategy: { type: "Recreate" } };
  const text = await printed([workload(strategy)], [workload(strategy, {}, { image: "registry.example.com/web:2" })]);
  expect(text).toMatch(/^✗ 1 target changed/m);
});

test("a retention policy says which event now deletes claims", async () => {
  const retention = (whenDeleted: string, whenScaled: string) =>
    statefulSet({ persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } });
  expect(await printed([retention("Retain", "Retain")], [retention("Delete", "Retain")])).toContain(
    "from now on, deleting the StatefulSet deletes its claims",
  );
  expect(await printed([retention("Retain", "Retain")], [retention("Retain", "Delete")])).toContain(
    "from now on, scaling down deletes the claims of the pods that stop",
  );
});

test("a bare Pod keeps the old variables of a ConfigMap", async () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "task" },
    spec: {
      containers: [{ name: "task", image: "example.com/task:1", envFrom: [{ configMapRef: { name: "settings" } }] }],
    },
  };
  const text = await printed([config({ a: "1" }), pod], [config({ a: "2" }), pod]);
  expect(text).toContain("the pods of Pod task keep the old variables until they restart");
});

test("a node port that the cluster allocated is not shown", async () => {
  const service = (port: object) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { type: "NodePort", ports: [{ port: 80, ...port }] },
  });
  expect(await printed([service({})], [service({ nodePort: 31001 })])).toContain(
    "nodePort  (allocated by the cluster) → 31001",
  );
  expect(await printed([service({ nodePort: 31000 })], [service({ nodePort: 31001 })])).toContain(
    "nodePort  31000 → 31001",
  );
});
