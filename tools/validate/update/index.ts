import type { Problem } from "../../core/finding.ts";
import type { JsonObject } from "../../core/json.ts";
import { nearestPointer } from "../../core/pointer.ts";
import { type Resource, resourceOf } from "../../core/resource.ts";
import { type ValidateOptions, validate } from "../index.ts";
import { Place } from "../place.ts";
import type { ObjectType } from "../shape.ts";
import { applied, created } from "../stored/index.ts";
import { versionSet } from "../versions.ts";
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
    ...contradictions(stored, next, after, options),
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
  return at.problems;
}

/** What is wrong with the object as it would be stored, and neither with the manifest nor with what is stored. */
function contradictions(stored: JsonObject, next: JsonObject, after: Resource, options: ValidateOptions): Problem[] {
  const problemsOf = (object: JsonObject) => validate(resourceOf(object), options).problems.filter(isRefusal);
  const found = problemsOf(next);
  if (found.length === 0) return [];
  const known = new Set([...problemsOf(after.object), ...problemsOf(stored)].map(idOf));
  return found.filter((problem) => !known.has(idOf(problem))).map((problem) => explained(problem));
}

const taken = ["apply/warning", "apply/list-key", "apply/pods-rejected", "apply/server-field", "api/deprecated"];

function isRefusal({ rule }: Problem): boolean {
  return !taken.includes(rule);
}

function idOf({ rule, pointer, reason }: Problem): string {
  return [rule, pointer, reason].join(" ");
}

function explained({ pointer, message, reason }: Problem): Problem {
  const help =
    "Delete the object and let it be created anew, or write in one commit what the server filled in, and the change in the next: server-side apply then takes away what is not written any more.";
  const because = "the API server filled in a value when the object was created, and server-side apply keeps it";
  return { rule, pointer, message: `${message}: ${because}`, help, ...(reason && { reason }) };
}
