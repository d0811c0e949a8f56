import { distinctBy } from "../../../core/group.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";
import { type Files, generated } from "./generators.ts";
import { destinationOf, isPatched, sourcesIn } from "./sync.ts";
import { filledIn } from "./template.ts";

/** A release of a chart that Argo CD installs. */
export interface Release {
  /** Undefined if only a cluster knows it. */
  readonly name: string | undefined;
  /** `*` stands for what only a cluster knows; undefined if the Application names none. */
  readonly namespace: string | undefined;
  /** As in {@link destinationOf}. */
  readonly cluster: string | undefined;
}

/** Without a repository, what its folders and files say is not known. */
const nowhere: Files = { owns: () => "no", folders: () => [], files: () => [] };

/** The releases of charts that an Application installs, or the Applications that an ApplicationSet creates. */
export function releasesOf({ kind, object }: Resource, files: Files = nowhere): Release[] {
  if (kind === "Application") return releaseIn(object, object);
  const spec = objectAt(object, "spec");
  const template = objectAt(spec, "template");
  if (kind !== "ApplicationSet" || spec === undefined || template === undefined) return [];
  if (isPatched(spec)) return ofPatched(template, spec);
  const all = generated(spec, files).flatMap((set) => releaseIn(filledIn(template, set) as JsonObject, template));
  return [...distinctBy(all, (one) => JSON.stringify([one.name, one.namespace, one.cluster]))];
}

/** An Application has one name for the releases of all of its charts. @param template with the expressions */
function releaseIn(application: JsonObject, template: JsonObject): Release[] {
  const charts = sourcesIn({ object: application, at: "" }).filter(
    ([, { chart }]) => chart !== undefined && chart !== "",
  );
  if (charts.length === 0) return [];
  const { name = null } = objectAt(application, "metadata") ?? {};
  const destination = objectAt(objectAt(application, "spec"), "destination");
  const written = stringAt(objectAt(objectAt(template, "spec"), "destination"), "namespace");
  const namespace = stringAt(destination, "namespace") ?? written?.replaceAll(/\{\{.*?\}\}/gs, "*");
  const { cluster } = destinationOf({ ...destination, namespace: "" });
  const names = charts.map(([, source]) => objectAt(source, "helm")?.releaseName ?? name);
  return [...new Set(names)].map((one) => ({ name: textOf(one), namespace, cluster }));
}

function textOf(value: Json): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A patch may name the release and its chart differently, and also its namespace. */
function ofPatched(template: JsonObject, spec: JsonObject): Release[] {
  const patches = [spec.templatePatch, ...listAt(spec, "generators").filter(isObject)];
  const text = JSON.stringify(
    patches.map((one) => one ?? null),
    (_, one) => (typeof one === "bigint" ? 0 : one),
  );
  const known = releaseIn(filledIn(template, undefined) as JsonObject, template);
  const isMoved = /\bdestination\b/.test(text);
  if (known.length === 0)
    return /\bchart\b/.test(text) ? [{ name: undefined, namespace: "*", cluster: undefined }] : [];
  return known.map((one) => ({ ...one, name: undefined, ...(isMoved && { namespace: "*", cluster: undefined }) }));
}
