import { expect, test } from "vitest";
import { definitionOf } from "../definition.ts";
import { commit, newRepository } from "../git/repository.ts";
import { gitops, writeFilesIn } from "../run.ts";
import { diffReport } from "./history.ts";

const yaml = (object: object) => JSON.stringify(object);
const definition = definitionOf("Jar", "jars", {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: { lid: { type: "string", default: "screw" }, size: { type: "integer" } },
      "x-kubernetes-validations": [{ rule: "self.size >= oldSelf.size", message: "a jar does not shrink" }],
    },
  },
});
const jar = (spec: object) => yaml({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a" }, spec });

/** A definition in its own target, which no test changes, and a target that does not render. */
function repository() {
  const cwd = newRepository();
  commit(cwd, {
    "gitops.yaml": "targets: [crds, apps, broken]\n",
    "crds/kustomization.yaml": "resources: [jars.yaml]\nnamePrefix: ''\n",
    "crds/jars.yaml": yaml(definition),
    "broken/kustomization.yaml": "resources: [missing.yaml]\n",
    "apps/kustomization.yaml": "resources: [jar.yaml]\n",
    "apps/jar.yaml": jar({ size: 2 }),
  });
  return cwd;
}

test("changes are judged by a definition in an unchanged target", async () => {
  const cwd = repository();
  writeFilesIn(cwd, { "apps/jar.yaml": jar({ size: 1 }) });
  const { report } = await diffReport(["main"], { cwd });
  expect(report.changes.map(({ effects, reasons }) => [effects, reasons.map(({ message }) => message)])).toEqual([
    [["rejected"], [expect.stringContaining("a jar does not shrink")]],
  ]);
  // The same with a selected target.
  const only = await gitops(["diff", "main", "--target", "apps", "--fail-on", "rejected"], { cwd });
  expect(only.code).toBe(1);
});

test("changes between two revisions are judged by the definition as well", async () => {
  const cwd = repository();
  commit(cwd, { "apps/jar.yaml": jar({ size: 2, lid: "screw" }) });
  const { report } = await diffReport(["HEAD~1", "HEAD"], { cwd });
  expect(report.changes).toEqual([]);
});
