// Generates go.json. Maintainers run it by hand after kubernetes.json was generated.
//
//   node tools/validate/types/extract-go.mjs
//
// Needs Go for its module proxy. Two facts determine what an update changes: which scalars are pointers in Go, so that
// empty differs from absent, which the OpenAPI documents do not contain; and which types and fields server-side apply
// replaces as a whole (x-kubernetes-map-type: atomic).
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const version = "1.36.3";
const modules = ["api", "apimachinery", "apiextensions-apiserver", "kube-aggregator"];
const types = JSON.parse(readFileSync(new URL("./kubernetes.json", import.meta.url), "utf8")).types;

/** The folder of a Go module, which is downloaded if necessary. */
function moduleFolder(module) {
  const out = execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8", cwd: "/" });
  return JSON.parse(out).Dir;
}

/**
 * The structs of a package by name, with the JSON name and the Go type of each field; an embedded field has no name.
 */
function structsIn(folder) {
  const structs = new Map();
  const files = readdirSync(folder).filter((file) => /^types.*\.go$/.test(file));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{$(.*?)^\}$/gms)) {
      const fields = [...body.matchAll(/^\t(?:\w+ +)?([\w.*[\]]+) +`json:"([^",]*)/gm)];
      structs.set(
        name,
        fields.map(([, type, json]) => ({ json, type })),
      );
    }
  }
  return structs;
}

function fieldsOf(structs, name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  return (structs.get(name) ?? []).flatMap((field) =>
    field.json === "" ? fieldsOf(structs, field.type.replace(/^\*/, ""), seen) : [field],
  );
}

const scalar = /^(string|int32|int64|float64|bool|quantity|intstr|time|microtime|duration)\b/;

function packages() {
  const found = new Map();
  for (const module of modules) {
    const root = moduleFolder(`k8s.io/${module}@v0.${version.slice(2)}`);
    const base = {
      api: "",
      apimachinery: "pkg/apis",
      "apiextensions-apiserver": "pkg/apis",
      "kube-aggregator": "pkg/apis",
    };
    for (const entry of readdirSync(join(root, base[module]), { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory() || !/^v\d/.test(entry.name)) continue;
      const folder = join(entry.parentPath, entry.name);
      found.set(`${entry.parentPath.split("/").at(-1)}.${entry.name}`, folder);
    }
  }
  return found;
}

function pointers() {
  const folders = packages();
  const structs = new Map([...folders].map(([name, folder]) => [name, structsIn(folder)]));
  const out = {};
  for (const [name, fields] of Object.entries(types)) {
    const [group, version, type] = name.split(".");
    const known = structs.get(`${group}.${version}`);
    if (known === undefined) continue;
    const names = fieldsOf(known, type)
      .filter(({ json, type: go }) => go.startsWith("*") && scalar.test(fields[json] ?? ""))
      .map(({ json }) => json);
    if (names.length > 0) out[name] = names.sort().join(" ");
  }
  return out;
}

function atomic() {
  const found = new Set();
  const folder = join(moduleFolder(`k8s.io/kubernetes@v${version}`), "api/openapi-spec/v3");
  for (const file of readdirSync(folder).filter((name) => /^apis?__.+_openapi\.json$/.test(name))) {
    for (const [long, schema] of Object.entries(
      JSON.parse(readFileSync(join(folder, file), "utf8")).components.schemas,
    )) {
      const name = long.split(".").slice(-3).join(".");
      if (schema["x-kubernetes-map-type"] === "atomic") found.add(name);
      for (const [field, property] of Object.entries(schema.properties ?? {})) {
        if (property["x-kubernetes-map-type"] === "atomic") found.add(`${name}.${field}`);
        if (property["x-kubernetes-map-type"] === "granular") found.add(`!${name}.${field}`);
      }
    }
  }
  return [...found].filter((name) => !name.startsWith("!") || !name.includes("Status.")).sort();
}

const file = {
  provenance: {
    source: `types.go and OpenAPI v3 documents of k8s.io/kubernetes v${version} (Apache-2.0), facts only`,
    madeBy: "tools/validate/types/extract-go.mjs",
  },
  atomic: atomic(),
  pointers: pointers(),
};
writeFileSync(new URL("./go.json", import.meta.url), `${JSON.stringify(file, null, 2)}\n`);
