import type { Problem } from "../../core/finding.ts";
import type { JsonObject } from "../../core/json.ts";
import { nearestPointer, tokens } from "../../core/pointer.ts";
import { type Resource, resourceOf } from "../../core/resource.ts";
import { taken, type ValidateOptions, validate } from "../index.ts";
import { Place } from "../place.ts";
import type { ObjectType } from "../shape.ts";
import { applied, created } from "../stored/index.ts";
import { versionSet } from "../versions.ts";
import { additions } from "./compare.ts";
import { configs } from "./config.ts";
import type { UpdateDemands } from "./demand.ts";
import { checkMetadata } from "./metadata.ts";
import { pods } from "./pod.ts";
import { services } from "./service.ts";
import { storage } from "./storage.ts";
import { workloads } from "./workloads.ts";

const demands: UpdateDemands = { ...workloads, ...pods, ...services, ...storage, ...configs };

/** Every finding about an update is one of this rule. */
const rule = "apply/immutable-field";

/**
 * What API servers refuse of a manifest because of the object that is there: immutable fields, and what contradicts
 * values that the server filled in before. What `validate` says of the manifest itself is not said again.
 *
 * @param before the manifest as it was applied, from which the stored object follows
 * @param after the manifest that is applied over it, by the same field manager on the server's side
 */
export function updateProblems(before: Resource, after: Resource, options: ValidateOptions): Problem[] {
  const kind = options.schemas.kind(after.apiVersion, after.kind);
  if (kind === undefined || !kind.isBuiltIn || kind.scope === "file" || before.apiVersion !== after.apiVersion)
    return [];
  const versions = versionSet(options.versions);
  const stored = created(before.object, kind.type, versions);
  const next = applied(stored, before.object, after.object, kind.type, versions);
  const problems = [
    ...demanded(stored, next, after, kind.type, options),
    ...contradictions(stored, next, after, kind.type, options),
  ];
  return problems.map((problem) => ({ ...problem, pointer: nearestPointer(after.object, problem.pointer) }));
}

function demanded(
  stored: JsonObject,
  next: JsonObject,
  after: Resource,
  type: ObjectType,
  options: ValidateOptions,
): Problem[] {
  const at = new Place(next, after.apiVersion, after.kind, versionSet(options.versions));
  at.rule = rule;
  checkMetadata(after.object, type.name, at);
  for (const demand of demands[type.name] ?? []) demand(stored, next, at);
  return at.told();
}

/** What is wrong with the object as it would be stored, and neither with the manifest nor with what is stored. */
function contradictions(
  stored: JsonObject,
  next: JsonObject,
  after: Resource,
  type: ObjectType,
  options: ValidateOptions,
): Problem[] {
  const problemsOf = (object: JsonObject) => validate(resourceOf(object), options).problems.filter(isRefusal);
  const found = problemsOf(next);
  if (found.length === 0) return [];
  const known = new Set([...problemsOf(after.object), ...problemsOf(stored)].map(idOf));
  const kept = additions(created(after.object, type, versionSet(options.versions)), next);
  return found.filter((problem) => !known.has(idOf(problem))).map((problem) => explained(problem, kept));
}

function isRefusal({ rule }: Problem): boolean {
  return !taken.includes(rule);
}

function idOf({ rule, pointer, reason }: Problem): string {
  return [rule, pointer, reason].join(" ");
}

/** @param kept pointers to what is in the stored object, and would not be in one that were created anew */
function explained({ pointer, message, reason }: Problem, kept: readonly string[]): Problem {
  const [nearest = pointer] = [...kept].sort((a, b) => shared(b, pointer) - shared(a, pointer));
  const field = tokens(nearest).join(".");
  const help = `Delete the object and let it be created anew. Or take two steps: first write ${field} as kubectl get shows it, and apply that; then make this change. What was written and is not any more, server-side apply takes away.`;
  const because = `the API server filled in ${field} when the object was created, and server-side apply keeps what nobody wrote`;
  return { rule, pointer, message: `${message}: ${because}`, help, ...(reason && { reason }) };
}

/** How far two pointers lead the same way. */
function shared(a: string, b: string): number {
  const [one, other] = [tokens(a), tokens(b)];
  const parting = one.findIndex((token, index) => token !== other[index]);
  return parting < 0 ? one.length : parting;
}
