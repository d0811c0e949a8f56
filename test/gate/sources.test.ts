import { expect, test } from "vitest";
import { Sources } from "../../tools/gate/sources.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";
import { check, repository } from "../run.ts";

test("however many findings a file has, it is read once", async () => {
  const entries = Array.from({ length: 500 }, (_, index) => `  key${index}: on`);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${entries.join("\n")}\n`;
  const { resources } = resourcesOf(parseDocuments(text, "a.yaml").documents, "a.yaml");
  let reads = 0;
  const sources = new Sources(".", undefined, () => {
    reads++;
    return text;
  });
  const help = `Put it in quotes: "true"; without quotes, YAML also reads yes, on and y as true.`;
  const issues = entries.map((_, index) => ({
    problem: { rule: "schema/type", pointer: `/data/key${index}`, message: "", help },
    resource: resources[0],
  }));
  const found = await sources.locate({ target: { path: "a.yaml", kind: "manifests" }, issues } as never);
  expect(found[7]).toMatchObject({ line: 12, help: expect.stringContaining('"on"') });
  expect(reads).toBe(1);
});

const base = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      env:
        - name: COLOUR
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
      livenessProbe:
        exec: { command: [/alive] }
  volumes:
    - name: data
      hostPath: { path: /data }
`;
const patch = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      env:
        - name: COLOUR
          value: blue
      livenessProbe:
        httpGet: { port: 8080 }
  volumes:
    - name: data
      emptyDir: {}
`;

test("of two fields that exclude each other, the one that a later layer adds is the place to edit", async () => {
  const cwd = repository({
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": base,
    "overlay/kustomization.yaml": "resources: [../base]\npatches: [{ path: web.yaml }]\n",
    "overlay/web.yaml": patch,
    "alone.yaml": base.replace("valueFrom:", "value: red\n          valueFrom:"),
  });
  const { report } = await check(["overlay", "alone.yaml"], { cwd });
  const found = report.findings.filter(({ rule, severity }) => rule.startsWith("apply/") && severity === "error");
  const from = (name: string, line: number) =>
    `${name} is from base/web.yaml:${line}: leave one of the two out, or add ${name}: null to the patch; in a JSON patch, remove it.`;
  expect(found.map(({ file, line, help }) => `${file}:${line} ${help}`)).toEqual([
    "alone.yaml:11 Remove one of the two.",
    `overlay/web.yaml:9 ${from("valueFrom", 10)}`,
    `overlay/web.yaml:11 ${from("exec", 12)}`,
    `overlay/web.yaml:14 ${from("hostPath", 15)}`,
  ]);
});
