import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** The revision that a source names, and what it follows without one. */
interface Source {
  readonly pointer: string;
  readonly revision: Json | undefined;
  /** Values that mean the same as no revision. */
  readonly open: readonly string[];
  readonly follows: string;
  readonly write: string;
}

const branch = {
  open: ["", "HEAD"],
  follows: "the server's default branch",
  write: "a branch, a tag or a commit",
};
const chart = {
  open: ["", "*", "x", ">=0.0.0", ">=0"],
  follows: "the newest chart",
  write: "a version or a version range",
};
const flux = { open: [""], follows: "branch master", write: "ref.branch, ref.tag, ref.semver or ref.commit" };
const oci = { open: ["", "latest"], follows: "tag latest", write: "ref.tag, ref.semver or ref.digest" };

export const syncRevision = definePolicy({
  id: "gitops/sync-revision",
  severity: "warning",
  why: "Without a revision, a controller follows what the server calls default or newest: everything it applies can change without a commit here. https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/ https://fluxcd.io/flux/components/source/gitrepositories/#reference",
  fix: "Name the branch, tag, commit or version to sync.",
  match: {
    kind: ["Application", "ApplicationSet", "GitRepository", "OCIRepository", "HelmRelease", "HelmChart"],
  },
  *check(resource): Generator<Violation> {
    for (const { pointer, revision, open, follows, write } of sourcesOf(resource)) {
      const isOpen = revision === undefined || revision === null || open.includes(String(revision).replaceAll(" ", ""));
      if (!isOpen) continue;
      const what = revision ? `names ${String(revision)}` : "names no revision";
      const message = `${resource.kind} ${resource.name} ${what} and follows ${follows}`;
      yield { pointer, message, help: `Set ${write}.` };
    }
  },
});

function sourcesOf({ apiVersion, kind, object }: Resource): Source[] {
  const spec = objectAt(object, "spec");
  const group = groupOf(apiVersion);
  if (spec === undefined) return [];
  if (group === "argoproj.io") return kind === "Application" ? ofArgo(spec, "/spec") : ofSet(spec);
  if (group === "source.toolkit.fluxcd.io") return ofFlux(kind, spec);
  if (group !== "helm.toolkit.fluxcd.io" || kind !== "HelmRelease") return [];
  const inner = objectAt(objectAt(spec, "chart"), "spec");
  return inner === undefined ? [] : ofChart(inner, "/spec/chart/spec");
}

function ofFlux(kind: string, spec: JsonObject): Source[] {
  const ref = objectAt(spec, "ref");
  const [revision] = Object.values(ref ?? {}).filter((value) => value !== "" && value !== null);
  const pointer = ref === undefined ? "/spec" : "/spec/ref";
  if (kind === "GitRepository") return [{ pointer, revision, ...flux }];
  if (kind === "OCIRepository") return [{ pointer, revision, ...oci }];
  return kind === "HelmChart" ? ofChart(spec, "/spec") : [];
}

/** Only Helm repositories offer several versions of a chart; a Git repository or a bucket holds one. */
function ofChart(spec: JsonObject, at: string): Source[] {
  const from = stringAt(objectAt(spec, "sourceRef"), "kind");
  return from === undefined || from === "HelmRepository" ? [named(spec, "version", at, chart)] : [];
}

function ofSet(spec: JsonObject): Source[] {
  // A template patch may set it for each Application.
  const template = spec.templatePatch === undefined ? objectAt(objectAt(spec, "template"), "spec") : undefined;
  return template === undefined ? [] : ofArgo(template, "/spec/template/spec");
}

function ofArgo(spec: JsonObject, at: string): Source[] {
  const several = listAt(spec, "sources");
  const single = objectAt(spec, "source");
  const dry = objectAt(objectAt(spec, "sourceHydrator"), "drySource");
  const sources: [string, Json][] = [
    ...(single && several.length === 0 ? [[`${at}/source`, single] satisfies [string, Json]] : []),
    ...(dry ? [[`${at}/sourceHydrator/drySource`, dry] satisfies [string, Json]] : []),
    ...several.map((one, index): [string, Json] => [`${at}/sources/${index}`, one]),
  ];
  return sources.flatMap(([pointer, source]) => (isObject(source) ? [ofSource(source, pointer)] : []));
}

function ofSource(source: JsonObject, at: string): Source {
  return named(source, "targetRevision", at, source.chart === undefined ? branch : chart);
}

function named(object: JsonObject, field: string, at: string, sort: Omit<Source, "pointer" | "revision">): Source {
  const revision = object[field];
  return { pointer: revision === undefined ? at : `${at}/${field}`, revision, ...sort };
}
