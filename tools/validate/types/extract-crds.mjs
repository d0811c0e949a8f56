// Makes argo-cd.json and flux.json: run by hand, by a maintainer, when the supported versions of the two change.
//
//   node tools/validate/types/extract-crds.mjs
//
// Needs Go, for its module proxy. Argo CD and two of Flux's controllers carry their CustomResourceDefinitions in their
// modules; those of the other controllers are generated from the Go types of their API modules by controller-gen, as
// the controllers themselves do. Descriptions are left out. What occurs several times is written once, as a definition.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";

const argoCd = "github.com/argoproj/argo-cd/v3@v3.2.12";
const fluxWithCrds = ["github.com/fluxcd/source-controller@v1.9.6", "github.com/fluxcd/kustomize-controller@v1.9.6"];
const fluxTypes = {
  "github.com/fluxcd/helm-controller/api@v1.6.5": ["v2"],
  "github.com/fluxcd/notification-controller/api@v1.9.4": ["v1", "v1beta3"],
  "github.com/fluxcd/image-reflector-controller/api@v1.2.5": ["v1"],
  "github.com/fluxcd/image-automation-controller/api@v1.2.5": ["v1"],
};
const controllerGen = "sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0";

function go(...args) {
  return execFileSync("go", args, { encoding: "utf8", cwd: go.folder ?? "/", stdio: "pipe" });
}

function crdsOf(module, folder) {
  const dir = join(JSON.parse(go("mod", "download", "-json", module)).Dir, folder);
  return readCrds(dir);
}

function readCrds(dir) {
  const files = readdirSync(dir).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
  return files.sort().map((file) => load(readFileSync(join(dir, file), "utf8")));
}

/** Generates them in a module of its own, which does nothing but import the packages. */
function generatedCrds(modules) {
  go.folder = mkdtempSync(join(tmpdir(), "crds-"));
  const packages = Object.entries(modules).flatMap(([module, versions]) =>
    versions.map((version) => `${module.split("@")[0]}/${version}`),
  );
  try {
    writeFileSync(join(go.folder, "go.mod"), "module crds\n\ngo 1.26.0\n");
    const imports = packages.map((name) => `import _ "${name}"`).join("\n");
    writeFileSync(join(go.folder, "main.go"), `package main\n\n${imports}\n\nfunc main() {}\n`);
    go("get", "-tool", controllerGen);
    for (const module of Object.keys(modules)) go("get", module);
    go("mod", "tidy");
    const paths = packages.map((name) => `paths=${name}`);
    go("tool", "controller-gen", "crd:allowDangerousTypes=true", ...paths, "output:dir=out");
    return readCrds(join(go.folder, "out"));
  } finally {
    rmSync(go.folder, { recursive: true });
    go.folder = undefined;
  }
}

/** Without descriptions, examples and what only a server or a tool reads. */
function stripped(value, inProperties = false) {
  if (Array.isArray(value)) return value.map((one) => stripped(one));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, one]) => inProperties || !isNoise(key, one));
  return Object.fromEntries(kept.map(([key, one]) => [key, stripped(one, key === "properties" && !inProperties)]));
}

function isNoise(key, value) {
  if (key === "description" || key === "title") return typeof value === "string";
  return ["example", "externalDocs", "x-kubernetes-validations", "x-kubernetes-map-type"].includes(key);
}

function compact(crd) {
  const versions = crd.spec.versions
    .filter(({ served }) => served)
    .map(({ name, schema }) => ({ name, served: true, schema: { openAPIV3Schema: stripped(schema.openAPIV3Schema) } }));
  // The status is written by the controller.
  for (const { schema } of versions) {
    const { status } = schema.openAPIV3Schema.properties;
    if (status) schema.openAPIV3Schema.properties.status = open;
    schema.openAPIV3Schema.required = schema.openAPIV3Schema.required?.filter((field) => field !== "status");
  }
  const { group, scope, names } = crd.spec;
  return { spec: { group, scope, names: { kind: names.kind }, versions } };
}

const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** Writes objects of some size that occur more than once as definitions; the largest first. */
function shared(crds) {
  const counts = new Map();
  const count = (value) => {
    if (typeof value !== "object" || value === null) return;
    const text = JSON.stringify(value);
    if (value.type === "object" && text.length > 120) {
      counts.set(text, (counts.get(text) ?? 0) + 1);
      if (counts.get(text) > 1) return;
    }
    for (const one of Object.values(value)) count(one);
  };
  count(crds);
  const names = new Map();
  for (const [text, times] of counts) if (times > 1) names.set(text, `d${names.size + 1}`);
  const definitions = {};
  const replace = (value, isDefinition = false) => {
    if (typeof value !== "object" || value === null) return value;
    const name = isDefinition ? undefined : names.get(JSON.stringify(value));
    if (name !== undefined) {
      definitions[name] ??= replace(value, true);
      return { $ref: name };
    }
    if (Array.isArray(value)) return value.map((one) => replace(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one)]));
  };
  return { crds: replace(crds), definitions };
}

function print(file, source, licence, crds) {
  const { crds: kinds, definitions } = shared(crds.map(compact));
  const provenance = {
    source: `CustomResourceDefinitions of ${source.join(", ")} (${licence}), without descriptions`,
    madeBy: "tools/validate/types/extract-crds.mjs",
  };
  const lines = Object.entries(definitions).map(
    ([name, schema]) => `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`,
  );
  const text = `{\n"provenance": ${JSON.stringify(provenance)},\n"definitions": {\n${lines.join(",\n")}\n},\n"crds": [\n${kinds.map((kind) => `  ${JSON.stringify(kind)}`).join(",\n")}\n]\n}\n`;
  JSON.parse(text);
  writeFileSync(new URL(file, import.meta.url), text);
}

print("./argo-cd.json", [argoCd], "Apache-2.0", crdsOf(argoCd, "manifests/crds"));
const flux = [...fluxWithCrds.flatMap((module) => crdsOf(module, "config/crd/bases")), ...generatedCrds(fluxTypes)];
print("./flux.json", [...fluxWithCrds, ...Object.keys(fluxTypes)], "Apache-2.0", flux);
