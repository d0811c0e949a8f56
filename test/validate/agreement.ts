import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { Problem } from "../../tools/core/finding.ts";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { tokens } from "../../tools/core/pointer.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, type Schemas, validate } from "../../tools/validate/index.ts";

/** One operation of RFC 6902. */
export interface Change {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: Json;
}

/** A field that the API server refuses, and its reason. */
export type Cause = readonly [field: string, reason: string];

/** One manifest with a real API server's answer; verdicts/README.md explains the keys. */
export interface Recorded extends Change {
  readonly seed: string;
  /** Further changes, made after the first. */
  readonly also?: readonly Change[];
  readonly verdict: "accepted" | "create" | "apply" | "pods" | "rejected";
  readonly code?: number;
  readonly causes?: readonly Cause[];
  readonly message?: string;
  readonly warnings?: readonly string[];
  /** For an accepted update: pointers to the fields that it changes in the stored object. */
  readonly changed?: readonly string[];
  readonly elsewhere?: Readonly<Record<string, string>>;
  readonly unknown?: readonly string[];
}

/** A recorded verdict next to ours. */
export interface Compared {
  readonly recorded: Recorded;
  readonly kind: string;
  readonly refused: boolean;
  /** Our errors. */
  readonly problems: readonly Problem[];
  /** Our findings for things that the API server only warns about. */
  readonly warnings: readonly Problem[];
}

export interface Verdicts {
  readonly seeds: Readonly<Record<string, JsonObject>>;
  readonly lines: readonly Recorded[];
}

export type Table = "create" | "updates" | "effects" | "own" | "own-updates" | "installed";

/** Reads one table of recorded verdicts and the seeds from their folder. */
export function readVerdicts(folder: string, table: Table = "create"): Verdicts {
  const read = (name: string) => brotliDecompressSync(readFileSync(join(folder, `${name}.br`))).toString();
  const text = table.startsWith("own") ? readFileSync(join(folder, `${table}.jsonl`), "utf8") : read(`${table}.jsonl`);
  const lines = text.split("\n").filter(Boolean);
  return { seeds: JSON.parse(read("seeds.json")), lines: lines.map((line) => JSON.parse(line)) };
}

/** A manifest with a change applied. Unchanged parts are shared with the original. */
export function changed(seed: JsonObject, { op, path, value }: Change): JsonObject {
  const copy = { ...seed };
  const steps = tokens(path);
  const last = steps.pop() ?? "";
  let holder: Json = copy;
  for (const step of steps) {
    const inside = (holder as JsonObject)[step] as JsonObject | Json[];
    (holder as JsonObject)[step] = Array.isArray(inside) ? [...inside] : { ...inside };
    holder = (holder as JsonObject)[step] as Json;
  }
  if (Array.isArray(holder)) changeList(holder, last, op, value);
  else if (op === "remove") delete (holder as JsonObject)[last];
  else Object.defineProperty(holder, last, { value, writable: true, enumerable: true, configurable: true });
  return copy;
}

function changeList(list: Json[], last: string, op: string, value: Json | undefined): void {
  const index = last === "-" ? list.length : Number(last);
  if (op === "remove") list.splice(index, 1);
  else list.splice(index, op === "add" ? 0 : 1, value as Json);
}

/** The manifest of a line: its seed with all its changes. */
export function manifestOf(seeds: Verdicts["seeds"], recorded: Recorded): JsonObject {
  return [recorded, ...(recorded.also ?? [])].reduce(changed, seeds[recorded.seed] as JsonObject);
}

/**
 * Validates recorded lines for one version. Lines without a known verdict for that version are left out.
 */
export async function compare({ seeds, lines }: Verdicts, version = "1.36", known?: Schemas): Promise<Compared[]> {
  const schemas = known ?? (await loadSchemas());
  return lines
    .filter(({ unknown }) => !unknown?.includes(version))
    .map((recorded) => {
      const object = manifestOf(seeds, recorded);
      const { problems } = validate(resourceOf(object), { versions: [version], schemas });
      const verdict = recorded.elsewhere?.[version] ?? recorded.verdict;
      const kind = String(seeds[recorded.seed]?.kind);
      return {
        recorded,
        kind,
        refused: verdict !== "accepted",
        problems: problems.filter(isError),
        warnings: problems.filter(isWarning),
      };
    });
}

export function isWarning({ rule }: Problem): boolean {
  return rule === "apply/warning" || rule === "api/deprecated";
}

export function isError({ rule }: Problem): boolean {
  return rule !== "apply/warning" && rule !== "api/deprecated";
}

/** How well the two agree over a set of lines. */
export interface Score {
  readonly lines: number;
  readonly agreed: number;
  /** Refused by the API server, accepted by us. */
  readonly missed: number;
  /** Accepted by the API server, refused by us. */
  readonly alarms: number;
  /** Lines refused by both where the API server names fields. */
  readonly withFields: number;
  /** How many of these have one of our problems at one of the fields, or above or below it. */
  readonly sameField: number;
  /** Lines where the API server or we warn. */
  readonly withWarnings: number;
  /** How many of these have the same number of warnings from both. */
  readonly sameWarnings: number;
}

export function score(compared: readonly Compared[]): Score {
  const count = (matches: (line: Compared) => boolean) => compared.filter(matches).length;
  const withFields = compared.filter((line) => line.refused && isRefused(line) && line.recorded.causes?.length);
  return {
    lines: compared.length,
    agreed: count((line) => line.refused === isRefused(line)),
    missed: count((line) => line.refused && !isRefused(line)),
    alarms: count((line) => !line.refused && isRefused(line)),
    withFields: withFields.length,
    sameField: withFields.filter(agreesOnField).length,
    withWarnings: count(hasWarnings),
    sameWarnings: count((line) => hasWarnings(line) && agreesOnWarnings(line)),
  };
}

/** No warnings are recorded for manifests that a create refuses. */
function hasWarnings({ recorded, warnings }: Compared): boolean {
  return recorded.verdict !== "create" && warnings.length + (recorded.warnings?.length ?? 0) > 0;
}

export function agreesOnWarnings(line: Compared): boolean {
  return !hasWarnings(line) || line.warnings.length === (line.recorded.warnings?.length ?? 0);
}

export function isRefused({ problems }: Compared): boolean {
  return problems.length > 0;
}

function agreesOnField(line: Compared): boolean {
  const unmet = causesUnmet(line);
  return unmet.length < (line.recorded.causes?.length ?? 0);
}

/** The causes of a refusal without a problem of ours at their field, or above or below it. */
export function causesUnmet({ recorded, refused, problems }: Compared): readonly Cause[] {
  if (!refused || problems.length === 0) return [];
  const isOfPods = recorded.verdict === "pods";
  const ours = problems.map(({ pointer }) => {
    const path = withoutSlips(normalised(tokens(pointer).join(".")));
    return isOfPods ? path.replace(/^.*?template\./, "") : path;
  });
  const isMet = (field: string) => ours.some((pointer) => related(field, pointer) || relatedWithout(field, pointer));
  return (recorded.causes ?? []).filter(([field]) => !isMet(withoutSlips(normalised(field))));
}

/** For some lists, the API server does not say which element it means. */
function relatedWithout(theirs: string, ours: string): boolean {
  const positions = (path: string) => path.match(/\.\d+(?=\.|$)/g)?.length ?? 0;
  const positionless = (path: string) => path.replaceAll(/\.\d+(?=\.|$)/g, "");
  return positions(theirs) < positions(ours) && related(positionless(theirs), positionless(ours));
}

function related(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`) || a === "" || b === "";
}

/** Whether a pointer leads to one of the fields of a refusal, `spec.slots[0].width`, or above or below it. */
export function isAtOneOf(fields: readonly string[], pointers: readonly string[]): boolean {
  const theirs = fields.map((field) => field.replaceAll(/\[([^\]]*)\]/g, ".$1"));
  return pointers.some((pointer) => theirs.some((field) => related(field, tokens(pointer).join("."))));
}

/** Corrects field names that the API server gets wrong. */
function withoutSlips(field: string): string {
  return (
    field
      .replace(/template\.(labels|annotations)/, "template.metadata.$1")
      .replace(/\.serviceaccountname$/, ".serviceaccount")
      .replace(/\.downwarapi\b/, ".downwardapi")
      .replace(/^spec\.persistentvolumesource$/, "spec")
      .replace(/^(volumemode|nodeaffinity)$/, "spec.$1")
      .replace("webhookclientconfig", "webhook.clientconfig")
      .replace(/^spec\.attachedrequired$/, "spec.attachrequired")
      .replace(/^status\.storedversions\b.*/, "spec.versions")
      .replace(/^metadata\.taints/, "spec.taints")
      .replace(/^involvedobject/, "regarding")
      // In the server's internal form of a CustomResourceDefinition, fields common to all versions are next to the versions.
      .replace(/^spec\.validation\./, "spec.versions.0.schema.")
      .replace(/^spec\.(additionalprintercolumns|subresources|selectablefields)\b/, "spec.versions.0.$1")
      .replace(/^spec\.version$/, "spec.versions.0.name")
      .replace(/\bpersistentdisk\b/, "gcepersistentdisk")
      .replace(/^data\b/, "stringdata")
  );
}

/** Brings `spec.ports[0].name` and `spec.ports.0.name` to one notation. */
function normalised(field: string): string {
  return field.replaceAll(/\[([^\]]*)\]/g, ".$1").toLowerCase();
}

/** Groups items by a key, in the order of first occurrence. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The path without positions: `/spec/containers/-/ports/-/name`. */
export function fieldOf(path: string): string {
  return path.replaceAll(/\/\d+(?=\/|$)/g, "/-");
}

/** The seeds that are not objects or that the validator rejects, with the reasons; there should be none. */
export async function refusedSeeds({ seeds }: Verdicts, version = "1.36"): Promise<string[]> {
  const schemas = await loadSchemas();
  return Object.entries(seeds).flatMap(([name, object]) => {
    if (!isObject(object)) return [name];
    const { problems } = validate(resourceOf(object), { versions: [version], schemas });
    return problems.filter(isError).map(({ pointer, message }) => `${name} ${pointer}: ${message}`);
  });
}
