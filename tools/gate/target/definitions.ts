import type { Problem } from "../../core/finding.ts";
import { groupBy } from "../../core/group.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { groupOf, type Rendered, type Resource } from "../../core/resource.ts";
import { digest } from "../../system/snapshot.ts";
import { rules } from "../../validate/rules.ts";

/** A CustomResourceDefinition of a target. */
export interface Definition {
  readonly crd: JsonObject;
  /** Its file, or the target that renders it. */
  readonly place: string;
  /**
   * Whether a kustomization renders it, or a chart installs it, and so it is probably applied. A plain file may be from
   * an older release.
   */
  readonly isRendered: boolean;
  /** Digest of what it defines, ignoring conversion webhooks. */
  readonly digest: string;
}

/** The CustomResourceDefinitions of a rendered target. */
export function definitionsOf({ target, resources }: Pick<Rendered, "target" | "resources">): Definition[] {
  return resources
    .filter(({ kind }) => kind === "CustomResourceDefinition")
    .map(({ object, source }) => ({
      crd: object,
      place: source?.file ?? target.path,
      isRendered: target.kind === "kustomization",
      digest: digest(textOf(objectAt(object, "spec") ?? {})),
    }));
}

/** Like JSON, but supports the limits of 64-bit fields, which exceed JavaScript numbers. */
function textOf({ group, names, scope, versions }: JsonObject): string {
  const written = [group, names, scope, versions].map((one) => one ?? null);
  return JSON.stringify(written, (_, value: Json) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Conflicting definitions of the same kind, by `group kind`. */
export type Conflicts = ReadonlyMap<string, readonly Definition[]>;

/** Finds conflicting definitions of the same kind. */
export function conflictsAmong(definitions: readonly Definition[]): Conflicts {
  const byKind = groupBy(definitions, kindOf);
  return new Map([...byKind].filter(([, some]) => some.length > 1 && new Set(some.map((one) => one.digest)).size > 1));
}

function kindOf({ crd }: Definition): string {
  const spec = objectAt(crd, "spec");
  return `${stringAt(spec, "group")} ${stringAt(objectAt(spec, "names"), "kind")}`;
}

/** The definition to validate a resource with, and conflicting definitions of its kind. */
export interface ChosenDefinition {
  readonly definition: Definition;
  readonly others: readonly Definition[];
}

/**
 * Chooses among conflicting definitions of a resource's kind that serve its version: a definition from its own target,
 * or from the nearest folder, since clusters and releases usually have separate folders; at the same distance, a
 * definition that a kustomization renders.
 *
 * @param path of the target
 * @param own the definitions in it
 */
export function chooseDefinition(
  { apiVersion, kind }: Resource,
  path: string,
  own: readonly Definition[],
  disputes: Conflicts,
): ChosenDefinition | undefined {
  const all = disputes.get(`${groupOf(apiVersion)} ${kind}`) ?? [];
  const serving = all.filter((one) => serves(one, apiVersion));
  const rank = (one: Definition) =>
    own.includes(one) ? Number.MAX_SAFE_INTEGER : 2 * shared(path, one.place) + (one.isRendered ? 1 : 0);
  const [definition] = [...(serving.length > 0 ? serving : all)].reverse().sort((a, b) => rank(b) - rank(a));
  return definition && { definition, others: all.filter((one) => one.digest !== definition.digest) };
}

function serves({ crd }: Definition, apiVersion: string): boolean {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const versions = listAt(objectAt(crd, "spec"), "versions").filter(isObject);
  return versions.some(({ name, served }) => name === version && served === true);
}

/** The number of leading folders that two paths share. */
function shared(a: string, b: string): number {
  const [one, other] = [a.split("/"), b.split("/")];
  const parting = one.findIndex((step, index) => step !== other[index]);
  return parting < 0 ? one.length : parting;
}

/** Adds the location of the definition to a schema problem, if a conflicting one may accept the resource. */
export function withPlace(problem: Problem, { kind }: Resource, { definition, others }: ChosenDefinition): Problem {
  const { rule, help = rules.find(({ id }) => id === rule)?.fix } = problem;
  const [first, ...more] = new Set(others.map(({ place }) => place));
  if (!rule.startsWith("schema/") || first === undefined) return problem;
  const where = more.length === 0 ? `${first} has` : `${first} and ${more.length} more have`;
  return {
    ...problem,
    help: `${help} This is ${kind} as defined in ${definition.place}; ${where} a different definition.`,
  };
}
