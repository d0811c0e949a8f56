// Generates kubernetes.json. Maintainers run it by hand when a Kubernetes version becomes supported or unsupported.
//
//   node tools/validate/types/extract.mjs
//
// Needs Go for its module proxy: each k8s.io/kubernetes module contains the OpenAPI v3 documents of its API in
// api/openapi-spec/v3. Only facts are extracted (names, types, list kinds, version windows), no descriptions. What each
// version serves by default was recorded from real API servers; see served.mjs.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const releases = ["1.30.14", "1.31.14", "1.32.13", "1.33.13", "1.34.4", "1.35.4", "1.36.3", "1.37.2"];
const versions = releases.map((release) => release.split(".").slice(0, 2).join("."));

/** The folder of a Go module, which is downloaded if necessary. */
function moduleFolder(module) {
  const out = execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8", cwd: "/" });
  return JSON.parse(out).Dir;
}

function documentsOf(release) {
  const folder = join(moduleFolder(`k8s.io/kubernetes@v${release}`), "api/openapi-spec/v3");
  const files = readdirSync(folder).filter((file) => /^apis?__.+_openapi\.json$/.test(file));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
}

/** `io.k8s.api.core.v1.Container` → `core.v1.Container`. */
function shortName(name) {
  return name.split(".").slice(-3).join(".");
}

/**
 * Bits of the versions that know an API but do not serve it by default: alphas, and betas since 1.24. flowcontrol's
 * beta is older.
 */
function offByDefault(apiVersion) {
  if (!/(alpha|beta)/.test(apiVersion) || apiVersion === "flowcontrol.apiserver.k8s.io/v1beta3") return 0;
  return (1 << versions.length) - 1;
}

const wellKnown = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intstr",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "microtime",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "object",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": "object",
  "io.k8s.apimachinery.pkg.runtime.RawExtension": "object",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
  // Unions that notation.ts knows by name: schema or list, schema or bool, schema or list of strings.
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "schemaOrList",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "schemaOrBool",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "schemaOrStrings",
};

const scalars = {
  "string ": "string",
  "string byte": "bytes",
  "string date-time": "time",
  "integer int32": "int32",
  "integer int64": "int64",
  "integer ": "int64",
  "number double": "float64",
  "boolean ": "bool",
};

/** The schema of a property in the notation of notation.ts. */
function notationOf(schema) {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref !== undefined) {
    const name = ref.slice(ref.lastIndexOf("/") + 1);
    return wellKnown[name] ?? shortName(name);
  }
  if (schema.type === "array") return `[${listKind(schema)}]${notationOf(schema.items)}`;
  if (schema.type === "object" && schema.additionalProperties) return `{}${notationOf(schema.additionalProperties)}`;
  if (schema.type === "object") return "object";
  const scalar = scalars[`${schema.type} ${schema.format ?? ""}`];
  if (scalar === undefined) throw new Error(`no notation for ${JSON.stringify(schema)}`);
  return scalar;
}

/** Whether a field is a struct in Go, not a pointer, and therefore empty if absent. */
function isFilled(schema) {
  const isEmpty = schema.default !== undefined && JSON.stringify(schema.default) === "{}";
  return isEmpty && schema.allOf !== undefined && !wellKnown[schema.allOf[0].$ref.split("/").at(-1)];
}

/**
 * Whether an API server enforces a required field. Zero values of numbers and booleans that are not pointers cannot be
 * distinguished from absent ones, so validation decides about them.
 */
function isEnforced(type, field, property) {
  const isPlain = ["integer", "number", "boolean"].includes(property.type);
  return !isPlain && !unenforced.has(`${type}.${field}`);
}

/** Fields that the documents require, but API servers do not (tested). */
const unenforced = new Set([
  "core.v1.HTTPHeader.value",
  "core.v1.ScaleIOVolumeSource.secretRef",
  "core.v1.ScaleIOPersistentVolumeSource.secretRef",
  "core.v1.Sysctl.value",
  "core.v1.PreferredSchedulingTerm.preference",
  "core.v1.LimitRangeSpec.limits",
  "batch.v1.PodFailurePolicy.rules",
  "discovery.v1.ForZone.name",
  "storage.v1.TokenRequest.audience",
  "storage.v1.CSIDriver.spec",
  ...["v1", "v1alpha3", "v1beta1", "v1beta2"].flatMap((version) => [
    `resource.${version}.Counter.value`,
    `resource.${version}.DeviceCapacity.value`,
  ]),
  "apiextensions.v1.WebhookConversion.conversionReviewVersions",
  "storage.v1.CSINode.spec",
  "storage.v1.CSINodeSpec.drivers",
  // Validation checks each use; the source of a claim may be dropped before.
  ...["TypedLocalObjectReference", "TypedObjectReference"].flatMap((name) => [
    `core.v1.${name}.kind`,
    `core.v1.${name}.name`,
  ]),
  // Validation reports empty fields of an owner, except in templates.
  "meta.v1.OwnerReference.apiVersion",
  "meta.v1.OwnerReference.kind",
  "meta.v1.OwnerReference.name",
  "meta.v1.OwnerReference.uid",
  // The selectors of metrics are not validated; other label selectors have their own validation.
  "meta.v1.LabelSelectorRequirement.key",
  "meta.v1.LabelSelectorRequirement.operator",
]);

function listKind(schema) {
  const kind = schema["x-kubernetes-list-type"];
  if (kind === "map") return schema["x-kubernetes-list-map-keys"].join(",");
  return kind === "set" ? "set" : "";
}

/** The window of a mask, such as ` 1.34..`; empty for all versions. */
function windowOf(mask) {
  const present = versions.filter((_, index) => mask & (1 << index));
  if (present.length === versions.length) return "";
  const [first, last] = [present[0], present.at(-1)];
  const contiguous = present.length === versions.indexOf(last) - versions.indexOf(first) + 1;
  if (!contiguous) throw new Error(`not one window: ${present}`);
  return ` ${first === versions[0] ? "" : first}..${last === versions.at(-1) ? "" : last}`;
}

const types = new Map();
const kinds = new Map();

function addType(name, schema, bit) {
  const type = types.get(name) ?? { mask: 0, fields: new Map(), unions: undefined };
  types.set(name, type);
  type.mask |= bit;
  if (schema["x-kubernetes-unions"]) type.unions = schema["x-kubernetes-unions"];
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const notation = notationOf(property);
    const known = type.fields.get(field) ?? { mask: 0, required: 0, notation };
    // The newest version wins: list kinds were corrected over time, types never change.
    type.fields.set(field, { mask: known.mask | bit, required: known.required, notation });
    type.fields.get(field).filled = isFilled(property);
    if (schema.required?.includes(field) && isEnforced(name, field, property)) type.fields.get(field).required |= bit;
  }
}

function addKind(path, operation, bit, document) {
  const gvk = operation["x-kubernetes-group-version-kind"];
  if (gvk === undefined || operation["x-kubernetes-action"] === "connect") return;
  const [, resource] = path.match(/^\/apis?\/(?:[^/]+\/)?v[^/]+\/(.+)$/) ?? [];
  if (resource === undefined || resource.startsWith("watch/")) return;
  const parts = resource.replace("namespaces/{namespace}/", "").split("/");
  const apiVersion = gvk.group ? `${gvk.group}/${gvk.version}` : gvk.version;
  const key = `${apiVersion} ${gvk.kind}`;
  const subresource = parts.length > 2 || (parts.length === 2 && parts[1] !== "{name}");
  const type = Object.entries(document.components.schemas).find(([, schema]) =>
    schema["x-kubernetes-group-version-kind"]?.some(
      (known) => known.group === gvk.group && known.version === gvk.version && known.kind === gvk.kind,
    ),
  )?.[0];
  if (type === undefined) return;
  const kind = kinds.get(key) ?? { mask: 0, namespaced: false, primary: false, type: shortName(type) };
  kinds.set(key, kind);
  kind.mask |= bit;
  if (resource.startsWith("namespaces/{namespace}/")) kind.namespaced = true;
  if (!subresource) kind.primary = true;
}

releases.forEach((release, index) => {
  const bit = 1 << index;
  for (const document of documentsOf(release)) {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of ["post", "get"]) {
        if (operations[method]) addKind(path, operations[method], bit, document);
      }
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      if (!wellKnown[name]) addType(shortName(name), schema, bit);
    }
  }
});

/** Returns a function that tells whether a type is used only in the status of kinds. */
function onlyInStatus() {
  const elsewhere = new Set();
  const visit = (name, isRoot) => {
    if (elsewhere.has(name) || !types.has(name)) return;
    elsewhere.add(name);
    for (const [field, { notation }] of types.get(name).fields) {
      if (!isRoot || field !== "status") visit(elementType(notation), false);
    }
  };
  for (const { type } of kinds.values()) visit(type, true);
  return (name) => !elsewhere.has(name);
}

function elementType(notation) {
  return notation.replace(/^(\[[^\]]*\]|\{\})*/, "");
}

/** The types that some kind uses, which excludes types such as `meta.v1.APIResourceList`. */
function reachable() {
  const seen = new Set();
  const visit = (name) => {
    const type = types.get(name);
    if (type === undefined || seen.has(name)) return;
    seen.add(name);
    for (const { notation } of type.fields.values()) visit(elementType(notation));
  };
  for (const { type } of kinds.values()) visit(type);
  return [...seen].sort();
}

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function printedKinds() {
  const groups = {};
  for (const key of [...kinds.keys()].sort(byName)) {
    const [apiVersion, name] = key.split(" ");
    const { mask, namespaced, primary, type } = kinds.get(key);
    const served = primary ? mask & ~offByDefault(apiVersion) : mask;
    const scope = primary ? (namespaced ? "namespaced" : "cluster") : "subresource";
    const off = served === mask ? "" : " off";
    groups[apiVersion] ??= {};
    groups[apiVersion][name] = `${type} ${scope}${windowOf(mask)}${off}`;
  }
  return groups;
}

function printedTypes() {
  const printed = {};
  const isStatus = onlyInStatus();
  for (const name of reachable()) {
    const { fields, mask } = types.get(name);
    printed[name] = {};
    for (const field of [...fields.keys()].sort(byName)) {
      const { notation, mask: present, required, filled } = fields.get(field);
      const marks = (filled ? "{}" : "") + (required === present && !isStatus(name) ? "!" : "");
      // A field is required only if all versions that have it require it.
      printed[name][field] = `${notation}${marks}${present === mask ? "" : windowOf(present)}`;
    }
  }
  return printed;
}

function printedUnions() {
  const printed = {};
  for (const name of reachable()) {
    const unions = types.get(name).unions;
    if (unions) printed[name] = unions;
  }
  return printed;
}

const header = {
  source: `OpenAPI v3 documents of k8s.io/kubernetes ${releases.map((r) => `v${r}`).join(", ")} (Apache-2.0), facts only`,
  madeBy: "tools/validate/types/extract.mjs",
  notation: "see tools/validate/notation.ts",
};
const file = { provenance: header, versions, kinds: printedKinds(), unions: printedUnions(), types: printedTypes() };
writeFileSync(new URL("./kubernetes.json", import.meta.url), `${JSON.stringify(file, null, 2)}\n`);
