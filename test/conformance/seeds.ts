import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import type { Resource } from "../../tools/core/resource.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";
import type { Schemas } from "../../tools/validate/index.ts";

/** Valid manifests to change, by name. */
export type Seeds = Readonly<Record<string, JsonObject>>;

/** The folders of further manifests: with fields that the recorded ones lack, and in the style of well-known charts. */
export const folders = { builtIn: ["conformance/seeds", "real-input/charts"], installed: ["conformance/installed"] };

/**
 * Reads the manifests of known kinds. Each is named `file/kind-name`, with its group if the kind is ambiguous, so that
 * the references of recorded lines do not depend on the order of documents.
 *
 * @param tests the folder of the tests.
 */
export function readSeeds(tests: string, schemas: Schemas, below = folders.builtIn): Seeds {
  const files = below.flatMap((folder) => readdirSync(join(tests, folder)).map((file) => join(tests, folder, file)));
  const named = files.flatMap((file) => readResources(file).map((resource) => [nameOf(file, resource), resource]));
  const isKnown = ({ apiVersion, kind }: Resource) => schemas.kind(apiVersion, kind) !== undefined;
  const known = (named as [string, Resource][]).filter(([, resource]) => isKnown(resource));
  return Object.fromEntries(known.map(([name, { object }]) => [name, asJson(object)]));
}

/** The object without bigints, which JSON does not have. */
function asJson(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
}

function readResources(file: string): Resource[] {
  return resourcesOf(parseDocuments(readFileSync(file, "utf8"), file).documents).resources;
}

function nameOf(file: string, { apiVersion, kind, name }: Resource): string {
  const group = kind === "Event" || kind === "HorizontalPodAutoscaler" ? `${apiVersion.replace("/", "-")}-` : "";
  return `${file.replace(/^.*\/(.*)\.yaml$/, "$1")}/${group}${kind.toLowerCase()}-${name}`;
}

/** The same manifests in another namespace. */
export function inNamespace(seeds: Seeds, namespace: string, schemas: Schemas): Seeds {
  return Object.fromEntries(Object.entries(seeds).map(([name, object]) => [name, moved(object, namespace, schemas)]));
}

function moved(object: JsonObject, namespace: string, schemas: Schemas): JsonObject {
  const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)];
  const renamed = JSON.parse(JSON.stringify(object).replaceAll('"namespace":"shop"', `"namespace":"${namespace}"`));
  if (schemas.kind(apiVersion, kind)?.scope !== "namespaced") return renamed;
  return { ...renamed, metadata: { ...renamed.metadata, namespace } };
}

/** The service accounts that manifests name, which must exist for admission. */
export function accountsOf(seeds: Seeds): string[] {
  const text = JSON.stringify(seeds);
  const named = [...text.matchAll(/"serviceAccountName":"([a-z0-9.-]+)"/g)].map(([, name = ""]) => name);
  return [...new Set(["default", ...named])];
}

/** The path to the pod spec, by kind. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  ...Object.fromEntries(
    ["DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"].map((kind) => [
      kind,
      ["spec", "template", "spec"],
    ]),
  ),
};

/** A manifest that schedulers and Job controllers ignore, so that the stored object stays as it was applied. */
export function isolated(object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  const spec = podSpecs[String(copy.kind)]?.reduce<Json | undefined>(
    (value, step) => (isObject(value) ? value[step] : undefined),
    copy,
  );
  if (isObject(spec)) Object.assign(spec, { schedulerName: "nobody", nodeName: undefined });
  if (copy.kind === "Job" && isObject(copy.spec)) copy.spec.managedBy ??= "example.com/nobody";
  return JSON.parse(JSON.stringify(copy));
}
