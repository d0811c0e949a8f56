import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import type { RepositoryContext } from "../../tools/core/repository.ts";
import type { Resource } from "../../tools/core/resource.ts";
import { applicationsIn } from "../../tools/rules/lib/sync/sync.ts";

const url = "https://example.com/shop.git";

const files: Record<string, Json[]> = {
  "clusters/EU_1/one.yaml": [{ name: "one", address: { host: "1.example.com" }, zones: ["a", "b"], size: 3 }],
  "clusters/EU_1/several.yaml": [[{ name: "x" }, { name: "y" }]],
  "clusters/EU_1/empty.yaml": [],
};

/** A repository with some folders and files, whatever the pattern. */
const repository = {
  owns: (one: string) => (one === url ? "yes" : "no"),
  folders: () => [".github", "apps/Team_A.1", "apps/web"],
  files: (pattern: string) =>
    Object.entries(files)
      .filter(([path]) => pattern === path)
      .map(([path, documents]) => ({ path, documents })),
} as Partial<RepositoryContext> as RepositoryContext;

const [directories, file] = [{ directories: [{ path: "*" }] }, { files: [{ path: "clusters/EU_1/one.yaml" }] }];

/** What the template is filled with; null for what is not known. */
function filledBy(generators: Json[], text: string, goTemplate: boolean): (Json | undefined)[] {
  const object: JsonObject = { spec: { goTemplate, generators, template: { text } } };
  const resource = { kind: "ApplicationSet", object } as Partial<Resource> as Resource;
  return applicationsIn(resource, repository).map((application) => application.object.text);
}

const git = (more: JsonObject) => ({ git: { repoURL: url, revision: "main", ...more } });
const matrix = (...generators: JsonObject[]) => ({ matrix: { generators } });
const list = (...elements: JsonObject[]) => ({ list: { elements } });

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/ */
describe.each([
  ["folders", git(directories), "{{path}}", "{{.path.path}}", ["apps/Team_A.1", "apps/web"]],
  ["folders", git(directories), "{{path.basename}}", "{{.path.basename}}", ["Team_A.1", "web"]],
  ["folders", git(directories), "{{ path.basenameNormalized }}", "{{.path.basenameNormalized}}", ["team-a.1", "web"]],
  ["folders", git(directories), "{{path[0]}}", "{{index .path.segments 0}}", ["apps", "apps"]],
  ["folders", git(directories), "{{path[1]}}", '{{- index .path "segments" 1 -}}', ["Team_A.1", "web"]],
  ["folders", git(directories), "{{path.filename}}", "{{.path.filename}}", [null, null]],
  ["folders with files", git({ ...directories, ...file }), "{{path[1]}}", "{{.path.basename}}", ["Team_A.1", "web"]],
  [
    "folders with a prefix",
    git({ ...directories, pathParamPrefix: "app" }),
    "{{app.path}} {{app.path.basename}} {{app.path[1]}}",
    "{{.app.path.path}} {{.app.path.basename}} {{index .app.path.segments 1}}",
    ["apps/Team_A.1 Team_A.1 Team_A.1", "apps/web web web"],
  ],
  ["another name", git({ ...directories, pathParamPrefix: "app" }), "{{path}}", "{{.path.path}}", [null, null]],
  [
    "folders with values",
    git({ ...directories, values: { to: "x-{{path.basename}}" } }),
    "{{values.to}}",
    "",
    ["x-Team_A.1", "x-web"],
  ],
  [
    "folders with values",
    git({ ...directories, values: { to: "x-{{.path.basename}}" } }),
    "",
    "{{.values.to}}",
    ["x-Team_A.1", "x-web"],
  ],
  ["files", git(file), "{{path}}", "{{.path.path}}", ["clusters/EU_1"]],
  ["files", git(file), "{{path.basenameNormalized}}", "{{.path.basenameNormalized}}", ["eu-1"]],
  ["files", git(file), "{{path.filename}}", "{{.path.filename}}", ["one.yaml"]],
  ["files", git(file), "{{path.filenameNormalized}}", "{{.path.filenameNormalized}}", ["one.yaml"]],
  ["files", git(file), "{{name}}-{{size}}", "{{.name}}-{{.size}}", ["one-3"]],
  ["files", git(file), "{{address.host}}", "{{.address.host}}", ["1.example.com"]],
  ["files", git(file), "{{zones.1}}", "{{index .zones 1}}", ["b"]],
  ["lists of files", git({ files: [{ path: "clusters/EU_1/several.yaml" }] }), "{{name}}", "{{.name}}", ["x", "y"]],
  [
    "empty files",
    git({ files: [{ path: "clusters/EU_1/empty.yaml" }] }),
    "{{path[1]}}",
    "{{.path.basename}}",
    ["EU_1"],
  ],
  ["another repository", git({ ...file, repoURL: "https://example.com/x" }), "{{path}}", "{{.path.path}}", [null]],
  [
    "a list",
    list({ name: "a", values: { zone: "1" } }),
    "{{name}}{{values.zone}}",
    "{{.name}}{{.values.zone}}",
    ["a1"],
  ],
  ["a list of texts", { list: { elementsYaml: "- name: a\n- name: b\n" } }, "{{name}}", "{{.name}}", ["a", "b"]],
  [
    "both kinds of lists",
    { list: { elements: [{ name: "a" }], elementsYaml: "- name: b\n" } },
    "{{name}}",
    "{{.name}}",
    ["a", "b"],
  ],
  ["an unknown list", { list: { elementsYaml: "{{ .apps | toJson }}" } }, "{{name}}", "{{.name}}", [null]],
  ["a product", matrix(list({ a: "1" }, { a: "2" }), list({ b: "x" })), "{{a}}{{b}}", "{{.a}}{{.b}}", ["1x", "2x"]],
  [
    "a product of folders",
    matrix(git(directories), list({ b: "x" })),
    "{{path}}{{b}}",
    "{{.path.path}}{{.b}}",
    ["apps/Team_A.1x", "apps/webx"],
  ],
  ["the first of a product", matrix(list({ a: "1" }), list({ a: "2" })), "", "{{.a}}", ["1"]],
  [
    "a product of files with a list",
    matrix(git(file), { list: { elementsYaml: "[{{ .address | toJson }}]" } }),
    "",
    "{{.name}} {{.host}}",
    ["one 1.example.com"],
  ],
  [
    "a product with a list",
    matrix(list({ folder: "EU_1" }), git({ files: [{ path: "clusters/{{folder}}/one.yaml" }] })),
    "{{folder}} {{path}} {{name}}",
    "{{.folder}} {{.path.path}} {{.name}}",
    ["EU_1 clusters/EU_1 one"],
  ],
  ["a product with itself", matrix(list({ a: "1" }), list({ b: "{{a}}" })), "{{b}}", "{{.b}}", ["1"]],
  ["an empty product", matrix(list(), git(directories)), "{{path}}", "{{.path.path}}", []],
  ["a product with clusters", matrix(list({ a: "1" }), { clusters: {} }), "{{a}}", "{{.a}}", [null]],
  [
    "a union",
    {
      merge: {
        mergeKeys: ["name"],
        generators: [list({ name: "a", tier: "x" }, { name: "b", tier: "x" }), list({ name: "b", tier: "y" })],
      },
    },
    "{{name}}{{tier}}",
    "{{.name}}{{.tier}}",
    ["ax", "by"],
  ],
  [
    "a union by one of the values",
    {
      merge: {
        mergeKeys: ["values.of"],
        generators: [list({ values: { of: "b", tier: "x" } }), list({ values: { of: "b", tier: "y" } })],
      },
    },
    "{{values.of}}{{values.tier}}",
    "{{.values.of}}{{.values.tier}}",
    ["by"],
  ],
  [
    "a union with clusters",
    { merge: { mergeKeys: ["name"], generators: [list({ name: "a" }), { clusters: {} }] } },
    "{{name}}",
    "{{.name}}",
    [null],
  ],
  ["clusters", { clusters: { values: { a: "1" } } }, "{{name}}{{values.a}}", "{{.name}}{{.values.a}}", [null]],
  ["selected elements", { ...list({ a: "1" }), selector: {} }, "{{a}}", "{{.a}}", [null]],
] satisfies [string, JsonObject, string, string, Json[]][])("%s: %j", (_, generator, old, inGo, expected) => {
  test.skipIf(old === "")(old, () => expect(filledBy([generator], old, false)).toEqual(expected));
  test.skipIf(inGo === "")(inGo, () => expect(filledBy([generator], inGo, true)).toEqual(expected));
});
