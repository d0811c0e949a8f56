import type { Problem } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { groupOf, type Rendered, type Resource } from "../core/resource.ts";
import { digest } from "../system/snapshot.ts";
import { rules } from "../validate/index.ts";

/** A CustomResourceDefinition of a target. */
export interface Definition {
  readonly crd: JsonObject;
  /** Its file, or the target that renders it. */
  readonly place: string;
  /** A kustomization renders it, for somebody to apply; a file may as well be kept of an older release. */
  readonly isRendered: boolean;
  /** One text for what it says of its kind: the same, whichever webhook converts it. */
  readonly says: string;
}

export function definitionsOf({ target, resources }: Pick<Rendered, "target" | "resources">): Definition[] {
  return resources
    .filter(({ kind }) => kind === "CustomResourceDefinition")
    .map(({ object, source }) => ({
      crd: object,
      place: source?.file ?? target.path,
      isRendered: target.kind === "kustomization",
      says: digest(textOf(objectAt(object, "spec") ?? {})),
    }));
}

/** Bounds of 64-bit fields are beyond what a number of JavaScript holds. */
function textOf({ group, names, scope, versions }: JsonObject): string {
  const written = [group, names, scope, versions].map((one) => one ?? null);
  return JSON.stringify(written, (_, value: Json) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Definitions of one kind that differ, by its group and name. */
export type Disputes = ReadonlyMap<string, readonly Definition[]>;

export function disputesAmong(definitions: readonly Definition[]): Disputes {
  const byKind = groupBy(definitions, kindOf);
  return new Map([...byKind].filter(([, some]) => some.length > 1 && new Set(some.map(({ says }) => says)).size > 1));
}

function kindOf({ crd }: Definition): string {
  const spec = objectAt(crd, "spec");
  return `${stringAt(spec, "group")} ${stringAt(objectAt(spec, "names"), "kind")}`;
}

/** The definition that judges a resource, and those of its kind that differ from it. */
export interface Judging {
  readonly definition: Definition;
  readonly others: readonly Definition[];
}

/**
 * Which of the definitions that differ judges a resource, of those that serve its version: one of its own target, or that of the
 * nearest folder, since clusters and releases have folders of their own; of those as near, what a kustomization renders.
 *
 * @param path of the target
 * @param own the definitions in it
 */
export function judging(
  { apiVersion, kind }: Resource,
  path: string,
  own: readonly Definition[],
  disputes: Disputes,
): Judging | undefined {
  const all = disputes.get(`${groupOf(apiVersion)} ${kind}`) ?? [];
  const serving = all.filter((one) => serves(one, apiVersion));
  const rank = (one: Definition) =>
    own.includes(one) ? Number.MAX_SAFE_INTEGER : 2 * shared(path, one.place) + (one.isRendered ? 1 : 0);
  const [definition] = [...(serving.length > 0 ? serving : all)].reverse().sort((a, b) => rank(b) - rank(a));
  return definition && { definition, others: all.filter(({ says }) => says !== definition.says) };
}

function serves({ crd }: Definition, apiVersion: string): boolean {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const versions = listAt(objectAt(crd, "spec"), "versions").filter(isObject);
  return versions.some(({ name, served }) => name === version && served === true);
}

/** How many folders two paths have in common. */
function shared(a: string, b: string): number {
  const [one, other] = [a.split("/"), b.split("/")];
  const parting = one.findIndex((step, index) => step !== other[index]);
  return parting < 0 ? one.length : parting;
}

/** A problem, with the definition that it comes from, where another one may take the resource. */
export function withPlace(problem: Problem, { kind }: Resource, { definition, others }: Judging): Problem {
  const { rule, help = rules.find(({ id }) => id === rule)?.fix } = problem;
  const [first, ...more] = new Set(others.map(({ place }) => place));
  if (!rule.startsWith("schema/") || first === undefined) return problem;
  const elsewhere = more.length === 0 ? `${first} has another` : `${first} and ${more.length} more have others`;
  return { ...problem, help: `${help} This is ${kind} as ${definition.place} has it; ${elsewhere}.` };
}
