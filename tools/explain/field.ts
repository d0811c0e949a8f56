import { maturity } from "../core/api-version.ts";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { groupOf } from "../core/resource.ts";
import { bundledKinds, catalog, installable } from "../validate/crds/catalog.ts";
import { loadSchemas, type Schemas } from "../validate/schemas.ts";
import type { Kind } from "../validate/shape.ts";
import { allVersions, supportedVersions, wordsFor } from "../vocabulary/versions.ts";
import { models } from "./models.ts";
import { type Node, nodeOfFile, nodeOfType } from "./node.ts";

/** The documentation of a field of a kind. */
export interface FieldDoc {
  readonly apiVersion: string;
  /** `Deployment.spec.strategy`. */
  readonly path: string;
  readonly node: Node;
  /** Which versions or clusters serve the kind, unless all do. */
  readonly note: string;
  /** Other API versions that have the field: `autoscaling/v1`. */
  readonly others: readonly string[];
}

/**
 * The documentation of a field of a built-in kind, as current Kubernetes versions serve it, or of a kind whose definition is
 * bundled with the gate.
 *
 * @param name `Deployment.spec.strategy`, as messages name it (`Pod.spec.containers[0].image`), as paths do
 * (`Pod.spec.containers.0.image`) or as kubectl does (`deployments.spec`); `apps/v1/Deployment.spec` for one API version,
 * even a removed one
 * @throws UserError if there is no such kind or field
 */
export async function explainField(name: string): Promise<FieldDoc> {
  const { apiVersion, kind, fields } = parse(name);
  if (apiVersion === "") {
    const builtIn = await loadSchemas();
    const named = kindNamed(kind, builtIn);
    return named === undefined ? bundled(kind, fields, builtIn) : best(named, fields, builtIn);
  }
  const kinds = await loadSchemas(
    [],
    [groupOf(apiVersion), ...bundledKinds.flatMap((one) => (one.kind === kind ? groupOf(one.apiVersion) : []))],
    Object.keys(catalog),
  );
  const served = kinds.kind(apiVersion, kind);
  return served === undefined ? removed(apiVersion, kind, fields, kinds) : docOf(served, fields, []);
}

/** Splits a name into its parts; dots in the group are no separators: `networking.k8s.io/v1/Ingress.spec`. */
function parse(name: string): { apiVersion: string; kind: string; fields: string[] } {
  const plain = name.replace(/\[[^\]]*\]/g, "");
  const start = plain.lastIndexOf("/") + 1;
  const [kind = "", ...path] = plain.slice(start).split(".");
  const fields = path.filter((one) => !/^(?:\d+|\*)$/.test(one));
  return { apiVersion: plain.slice(0, Math.max(0, start - 1)), kind, fields };
}

/** The short names in kubectl. */
const shortNames: Readonly<Record<string, string>> = {
  cj: "CronJob",
  cm: "ConfigMap",
  crd: "CustomResourceDefinition",
  deploy: "Deployment",
  ds: "DaemonSet",
  hpa: "HorizontalPodAutoscaler",
  ing: "Ingress",
  netpol: "NetworkPolicy",
  no: "Node",
  ns: "Namespace",
  pc: "PriorityClass",
  pdb: "PodDisruptionBudget",
  po: "Pod",
  pv: "PersistentVolume",
  pvc: "PersistentVolumeClaim",
  quota: "ResourceQuota",
  rs: "ReplicaSet",
  sa: "ServiceAccount",
  sc: "StorageClass",
  sts: "StatefulSet",
  svc: "Service",
};

/** The built-in kind with this name or spelling: `Deployment` for `deployments`. @throws UserError if it was removed */
function kindNamed(name: string, schemas: Schemas): string | undefined {
  const kinds = [...new Set(models().map(({ kind }) => kind))];
  const isServed = (kind: string) => schemas.apiVersionsOf(kind).length > 0;
  if (isServed(name)) return name;
  if (Object.hasOwn(shortNames, name)) return shortNames[name] as string;
  const meant = kinds.find((kind) => isServed(kind) && isSpelling(name, kind));
  if (meant !== undefined) return meant;
  const gone = models().findLast(({ kind }) => kind === name);
  if (gone !== undefined && isKind(gone.file))
    throw new UserError(`${goneWords(name)}; gitops explain ${gone.apiVersion}/${name} describes the old API`);
  return undefined;
}

function isSpelling(name: string, kind: string): boolean {
  const spellings = [name, name.replace(/s$/, ""), name.replace(/es$/, ""), name.replace(/ies$/, "y")];
  return spellings.some((one) => one.toLowerCase() === kind.toLowerCase());
}

/** A field of a kind with a bundled definition; if several kinds have the name, the kind that has the field. */
async function bundled(name: string, fields: readonly string[], builtIn: Schemas): Promise<FieldDoc> {
  const all = bundledKinds;
  const meant = all.find(({ kind }) => kind === name) ?? all.find(({ kind }) => isSpelling(name, kind));
  if (meant === undefined) {
    const served = models().flatMap(({ kind }) => (builtIn.apiVersionsOf(kind).length > 0 ? kind : []));
    throw new UserError(
      `there is no rule or kind ${name}${didYouMean(name, [...served, ...all.map(({ kind }) => kind)])}`,
    );
  }
  const same = all.filter(({ kind }) => kind === meant.kind);
  const groups = same.map(({ apiVersion }) => groupOf(apiVersion));
  return best(meant.kind, fields, await loadSchemas([], groups, [...new Set(same.map(({ project }) => project))]));
}

/** Whether a declared type is a kind: other types have no apiVersion. */
function isKind(file: string): boolean {
  return nodeOfFile(file).fields().has("apiVersion");
}

function goneWords(kind: string): string {
  return `${kind} is not served by Kubernetes ${supportedVersions[0]} or later`;
}

/** The preferred API version among those that have the field. */
function best(kind: string, fields: readonly string[], kinds: Schemas): FieldDoc {
  const served = kinds
    .apiVersionsOf(kind)
    .flatMap((apiVersion) => kinds.kind(apiVersion, kind) ?? [])
    .sort(byMaturity);
  const having = served.filter((one) => nodeAt(nodeOfType(one.type), fields) !== undefined);
  const first = having[0] ?? served[0];
  if (first === undefined) throw new UserError(`there is no kind ${kind}`);
  return docOf(
    first,
    fields,
    having.slice(1).filter(({ off }) => !off),
  );
}

function byMaturity(a: Kind, b: Kind): number {
  return (
    Number(a.off) - Number(b.off) ||
    maturity(b.apiVersion) - maturity(a.apiVersion) ||
    (a.apiVersion < b.apiVersion ? -1 : 1)
  );
}

function docOf(kind: Kind, fields: readonly string[], others: readonly Kind[]): FieldDoc {
  const node = descend(nodeOfType(kind.type), kind.apiVersion, kind.kind, fields);
  const path = [kind.kind, ...fields].join(".");
  return {
    apiVersion: kind.apiVersion,
    path,
    node,
    note: noteOf(kind),
    others: others.map(({ apiVersion }) => apiVersion),
  };
}

function noteOf({ apiVersion, kind, off, versions, scope, bundledOf }: Kind): string {
  if (bundledOf !== undefined) {
    const project = installable(apiVersion, kind);
    if (project === undefined) return `Part of ${bundledOf}; always checked.`;
    return `Part of ${bundledOf}; checked with installed: [${project}] in gitops.yaml.`;
  }
  const window = versions === allVersions ? "" : `Known to Kubernetes ${wordsFor(versions)}. `;
  const served = off ? "Not served unless it is enabled in the cluster. " : "";
  return `${window}${served}${scope === "subresource" ? "A subresource: it cannot be used in a manifest." : ""}`.trim();
}

function removed(apiVersion: string, kind: string, fields: readonly string[], kinds: Schemas): FieldDoc {
  const model = models().find((one) => one.apiVersion === apiVersion && one.kind === kind);
  const homes = kinds.apiVersionsOf(kind);
  if (model === undefined || !isKind(model.file)) {
    const hint = homes.length > 0 ? `; ${kind} is a kind of ${homes.join(", ")}` : "";
    throw new UserError(`there is no rule or kind ${apiVersion}/${kind}${hint}`);
  }
  const note = `${goneWords(`${apiVersion} ${kind}`)}${homes[0] ? `: use ${homes[0]}` : ""}.`;
  const path = [kind, ...fields].join(".");
  return { apiVersion, path, node: descend(nodeOfFile(model.file), apiVersion, kind, fields), note, others: [] };
}

function nodeAt(node: Node, fields: readonly string[]): Node | undefined {
  return fields.reduce<Node | undefined>((at, field) => at?.fields().get(field), node);
}

function descend(node: Node, apiVersion: string, path: string, fields: readonly string[]): Node {
  const [field, ...rest] = fields;
  if (field === undefined) return node;
  const below = node.fields();
  const next = below.get(field);
  if (next !== undefined) return descend(next, apiVersion, `${path}.${field}`, rest);
  throw new UserError(`${apiVersion} ${path} has no field ${field}${hint(field, node, [...below.keys()])}`);
}

function hint(field: string, { type }: Node, names: readonly string[]): string {
  if (names.length === 0) return `: it is ${/^[aeio]/.test(type) ? "an" : "a"} ${type}`;
  return didYouMean(field, names) || `; its fields are ${names.join(", ")}`;
}
