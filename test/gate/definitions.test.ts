import { expect, test } from "vitest";
import { definitionOf } from "../definition.ts";
import { check, repository, writeFilesIn } from "../run.ts";

/** A definition of Jar with one field. */
const jars = (field: string) =>
  JSON.stringify(definitionOf("Jar", "jars", { type: "object", properties: { [field]: { type: "string" } } }));
const jar = (field: string) =>
  JSON.stringify({
    apiVersion: "example.com/v1",
    kind: "Jar",
    metadata: { name: "j", namespace: "shop" },
    [field]: "a",
  });
const rendered = { "kustomization.yaml": "resources: [jars.json]\n" };

/** The files, moved into a folder. */
const below = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

async function findingsOf(files: Readonly<Record<string, string>>) {
  const cwd = repository({ "gitops.yaml": "profile: baseline\n", ...files });
  const { report } = await check([], { cwd });
  return report.findings
    .filter(({ rule }) => rule.startsWith("schema/"))
    .map(({ file, message, help }) => `${file}: ${message}: ${help}`);
}

test("the definitions that a Helm chart installs hold for all targets, from the cache too", async () => {
  const chart = (field: string) =>
    below("charts/jars", {
      "Chart.yaml": "apiVersion: v2",
      "crds/jars.json": jars(field),
      "templates/a.yaml": "{{ a }}",
    });
  const cwd = repository({ "gitops.yaml": "profile: baseline\n", "app/jar.json": jar("now"), ...chart("now") });
  const rulesOf = async () => (await check([], { cwd })).report.findings.map(({ rule }) => rule);
  expect(await rulesOf()).toEqual([]);
  expect(await rulesOf()).toEqual([]);
  writeFilesIn(cwd, chart("was"));
  expect(await rulesOf()).toEqual(["schema/unknown-field"]);
  writeFilesIn(cwd, chart("now"));
  expect(await rulesOf()).toEqual([]);
});

test.each<[string, string, string, Readonly<Record<string, string>>]>([
  [
    "rendered by a kustomization",
    "config/crd",
    "releases/jars.json",
    { ...below("config/crd", { ...rendered, "jars.json": jars("now") }), "releases/jars.json": jars("was") },
  ],
  [
    "in the nearest folder",
    "app/crds/jars.json",
    "z",
    { "app/crds/jars.json": jars("now"), ...below("z", { ...rendered, "jars.json": jars("was") }) },
  ],
  [
    "in the same target",
    "app/x",
    "app/x/y",
    {
      ...below("app/x", { "kustomization.yaml": "resources: [jars.json, jar.json]\n", "jars.json": jars("now") }),
      ...below("app/x/y", { ...rendered, "jars.json": jars("was") }),
    },
  ],
  [
    "that a Helm chart installs",
    "charts/jars/crds/jars.json",
    "a/jars.json",
    {
      "a/jars.json": jars("was"),
      ...below("b", { "kustomization.yaml": "resources: [jar.json]\n", "jar.json": jar("now") }),
      ...below("charts/jars", { "Chart.yaml": "apiVersion: v2", "crds/jars.json": jars("now") }),
    },
  ],
])("of different definitions, the one %s is used, and the finding says so", async (_, now, was, files) => {
  expect(await findingsOf({ ...files, "app/x/jar.json": jar("now") })).toEqual([]);
  expect(await findingsOf({ ...files, "app/x/jar.json": jar("was") })).toEqual([
    "app/x/jar.json: Jar.was is not a field of Jar: Its fields are now, apiVersion, kind, metadata. " +
      `This is Jar as defined in ${now}; ${was} has a different definition.`,
  ]);
});
