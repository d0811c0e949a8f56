import { append } from "../core/append.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { type Document, parseDocuments } from "../parse/documents.ts";
import { readText } from "../parse/file.ts";
import { isRemote } from "./remote.ts";

/** A kustomization file, before kustomize processes it. */
export interface Kustomization {
  /** Absolute. */
  readonly file: string;
  /** Its path as shown in problems. */
  readonly shown: string;
  readonly text: string;
  /** kustomize uses the first; the others are only checked. */
  readonly documents: readonly Document[];
  readonly problems: readonly LocatedProblem[];
}

/** Reads a kustomization file. Errors are returned as `problems`. */
export function readKustomization(file: string, shown: string): Kustomization {
  const read = readText(file, shown);
  if ("problem" in read) return { file, shown, text: "", documents: [], problems: [read.problem] };
  return { file, shown, text: read.text, ...parseDocuments(read.text, shown) };
}

/** The kustomization's object; empty if the file does not parse or contains something else. */
export function objectOf(kustomization: Kustomization): JsonObject {
  const value = kustomization.documents[0]?.value;
  return isObject(value) ? value : {};
}

/** Whether it is a Component, which is used by other kustomizations and not rendered on its own. */
export function isComponent(kustomization: Kustomization): boolean {
  return field(objectOf(kustomization), "kind").some(({ value }) => value === "Component");
}

/** Whether all of its lists are empty. One that cannot be read, or is an empty file, may be meant to have something. */
export function isEmpty({ documents }: Kustomization): boolean {
  const [document] = documents;
  const isNothing = (value: Json) => value === null || (Array.isArray(value) && value.length === 0);
  const entries = isObject(document?.value) ? Object.entries(document.value) : [];
  const own = entries.filter(([key]) => !["apiVersion", "kind", "metadata", "namespace"].includes(key));
  return own.length > 0 && own.every(([, value]) => isNothing(value));
}

/**
 * The folders of the charts that helm would render for it, unresolved: where they are, or where they would be pulled
 * to. https://github.com/kubernetes-sigs/kustomize/blob/kustomize/v5.8.0/api/types/helmchartargs.go
 */
export function inflated(kustomization: Kustomization): string[] {
  const object = objectOf(kustomization);
  const texts = (value: Json, name: string) =>
    isObject(value) ? field(value, name).flatMap(({ value: text }) => (typeof text === "string" ? [text] : [])) : [];
  const [home = "charts"] = field(object, "helmglobals").flatMap(({ value }) => texts(value, "charthome"));
  const charts = field(object, "helmcharts").flatMap(({ value }) => (Array.isArray(value) ? value : []));
  return charts.flatMap((chart) => texts(chart, "name").map((name) => `${home}/${name}`));
}

/**
 * What a path in a kustomization refers to. resource: a file of manifests or a folder; root: a folder; file: read
 * verbatim; plugin: like resource, but with plugin configurations; replacement: a file of replacements.
 */
type Reach = "resource" | "root" | "file" | "plugin" | "replacement";

/** A path that a kustomization references; it may be malformed. */
export interface Reference {
  readonly path: string;
  readonly reach: Reach;
  /** JSON pointer to the entry in the kustomization's document. */
  readonly pointer: string;
  /** 0-based index of the document in the file. */
  readonly document: number;
}

/** Plugin configurations that are inline in the kustomization. */
interface Inline {
  readonly values: readonly Json[];
  readonly pointer: string;
  readonly document: number;
}

/** Everything that a kustomization references, and the fields that may reference more. */
export interface References {
  readonly references: Reference[];
  /** Fields that run helm. */
  readonly helm: { readonly pointer: string; readonly document: number }[];
  readonly inlinePlugins: Inline[];
  /** Names of unknown fields: they may reference files. */
  readonly unknownFields: string[];
  /** Fields that need kustomize 5, as shown to users. */
  readonly modern: string[];
}

/** Fields that reference no files, folded. */
const plain = new Set(
  (
    "apiversion kind metadata namespace nameprefix namesuffix labels commonlabels commonannotations images imagetags " +
    "replicas vars sortoptions generatoroptions buildmetadata"
  ).split(" "),
);

const helmFields = new Set(["helmcharts", "helmglobals", "helmchartinflationgenerator"]);

const lists = new Map<string, Reach>([
  ["resources", "resource"],
  // kustomize appends them to the resources, including files.
  ["bases", "resource"],
  ["components", "root"],
  ["crds", "file"],
  ["configurations", "file"],
  ["patchesstrategicmerge", "file"],
  // kustomize 4 treats strings among them as patchesStrategicMerge: `useLegacyPatch`.
  ["patches", "file"],
  ["generators", "plugin"],
  ["transformers", "plugin"],
  ["validators", "plugin"],
]);

/** Lists whose items have a path in the field `path`. */
const pathLists = new Map<string, Reach>([
  ["patches", "file"],
  ["patchesjson6902", "file"],
  ["replacements", "replacement"],
]);

const generators = new Set(["configmapgenerator", "secretgenerator"]);

/**
 * The name of a field as Go's JSON decoder compares it: `Resources`, `RESOURCES` and even `reſources` are `resources`
 * to kustomize, and must not get past this walk.
 */
export function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}

interface Field {
  readonly key: string;
  readonly value: Json;
}

/** All fields of an object that kustomize reads as `name` (folded); usually one or none. */
export function field(object: JsonObject, name: string): Field[] {
  return Object.keys(object)
    .filter((key) => key === name || fold(key) === name)
    .map((key) => ({ key, value: object[key] as Json }));
}

/** Everything that a kustomization references, in the order of its fields. */
export function referencesOf(kustomization: Kustomization): References {
  const found: References = { references: [], helm: [], inlinePlugins: [], unknownFields: [], modern: [] };
  for (const { index, value } of kustomization.documents) {
    if (!isObject(value)) continue;
    for (const key of Object.keys(value))
      collect(found, fold(key), { value: value[key] as Json, pointer: join("", key), document: index });
  }
  return found;
}

interface Place {
  readonly value: Json;
  readonly pointer: string;
  readonly document: number;
}

function collect(found: References, name: string, at: Place): void {
  append(found.modern, modernIn(name, at.value));
  const list = lists.get(name);
  const pathList = pathLists.get(name);
  if (list !== undefined) listed(found, list, at);
  if (pathList !== undefined)
    append(
      found.references,
      items(at).flatMap((item) => pathIn(item, pathList)),
    );
  if (list !== undefined || pathList !== undefined) return;
  if (generators.has(name)) append(found.references, items(at).flatMap(filesOfGenerator));
  else if (name === "openapi") append(found.references, pathIn(at, "file"));
  else if (helmFields.has(name)) found.helm.push(at);
  else if (!plain.has(name)) found.unknownFields.push(at.pointer.slice(1));
}

/** The items of a list with their places; empty for any other value. */
function items({ value, pointer, document }: Place): Place[] {
  if (!Array.isArray(value)) return [];
  return value.map((item, index) => ({ value: item, pointer: join(pointer, index), document }));
}

/** The values of a field of an object with their places. */
function inside({ value, pointer, document }: Place, name: string): Place[] {
  if (!isObject(value)) return [];
  return field(value, name).map(({ key, value: inner }) => ({ value: inner, pointer: join(pointer, key), document }));
}

function listed(found: References, reach: Reach, at: Place): void {
  for (const { value, ...place } of items(at)) {
    if (typeof value !== "string") continue;
    const inline = objectsIn(value);
    if (inline.length === 0) found.references.push({ path: value, reach, ...place });
    else if (reach === "plugin") found.inlinePlugins.push({ values: inline, ...place });
    // Other inline values are patches; in fields that accept no patches, kustomize looks for a file of that name.
    else if (reach !== "file") found.references.push({ path: value, reach, ...place });
  }
}

/**
 * Like kustomize: text that parses as objects is inline; anything else is a path. A URL is a path even if it is YAML.
 */
function objectsIn(text: string): Json[] {
  if (!/[:{]/.test(text) || (!text.includes("\n") && isRemote(text))) return [];
  return parseDocuments(text, "")
    .documents.map((document) => document.value)
    .filter(isObject);
}

function pathIn(at: Place, reach: Reach): Reference[] {
  return inside(at, "path").flatMap(({ value, ...place }) =>
    typeof value === "string" && value !== "" ? [{ path: value, reach, ...place }] : [],
  );
}

/** The files of one generator: `name=path` or a path under `files`, paths under `envs`, one under `env`. */
export function filesOfGenerator(generator: Place): Reference[] {
  const files = inside(generator, "files").flatMap(items);
  const envs = [...inside(generator, "envs").flatMap(items), ...inside(generator, "env")];
  const paths = (places: Place[], path: (text: string) => string) =>
    places.flatMap(({ value, ...place }): Reference[] =>
      typeof value === "string" && value !== "" ? [{ path: path(value), reach: "file", ...place }] : [],
    );
  return [...paths(files, (text) => text.slice(text.indexOf("=") + 1)), ...paths(envs, (text) => text)];
}

/** Fields of list items that kustomize 5 introduced; 4.5.4 rejects them, or ignores them in separate files. */
const modernItems = new Map([
  ["labels", "includetemplates"],
  ["images", "tagsuffix"],
  ["replacements", "sourcevalue"],
]);

function modernIn(name: string, value: Json): string[] {
  if (name === "sortoptions") return ["sortOptions"];
  const inner = modernItems.get(name);
  if (inner === undefined || !Array.isArray(value)) return [];
  const keys = value.filter(isObject).flatMap((item) => field(item, inner).map(({ key }) => key));
  return [...new Set(keys.map((key) => `${name}.${key}`))];
}

/** The fields that need kustomize 5 in the text of a file of replacements; see {@link References.modern}. */
export function modernInReplacements(text: string): string[] {
  return parseDocuments(text, "").documents.flatMap(({ value }) =>
    modernIn("replacements", Array.isArray(value) ? value : [value]),
  );
}
