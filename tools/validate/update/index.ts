import type { Problem } from "../../core/finding.ts";
import type { JsonObject } from "../../core/json.ts";
import { nearestPointer, tokens } from "../../core/pointer.ts";
import { type Resource, resourceOf } from "../../core/resource.ts";
import { Place } from "../../vocabulary/place.ts";
import { versionSet } from "../../vocabulary/versions.ts";
import { taken, unevaluated, type ValidateOptions, validate } from "../index.ts";
import type { Kind, ObjectType } from "../shape.ts";
import { applied, created } from "../stored/index.ts";
import { nearestWritten } from "../stored/written.ts";
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
  const { transition } = options.schemas.kind(after.apiVersion, after.kind) ?? {};
  if (transition !== undefined) return transitionProblems(before, after, transition, options);
  if (!isMerged(before, after, options)) return [];
  const { stored, next, type } = states(before, after, options);
  const problems = [
    ...demanded(stored, next, [before, after], type, options),
    ...contradictions(stored, next, after, type, options),
  ];
  return problems.map((problem) => ({ ...problem, pointer: nearestWritten(problem.pointer, after) }));
}

/**
 * What the rules of a CustomResourceDefinition refuse, which are asked once nothing else is wrong, and what is set of metadata. Of a custom resource,
 * the server fills in nothing but the defaults of its schema, and keeps nothing that its manifest has no more.
 */
function transitionProblems(
  before: Resource,
  after: Resource,
  transition: NonNullable<Kind["transition"]>,
  options: ValidateOptions,
): Problem[] {
  // What the older version would be in the newer one, a webhook may say.
  if (before.apiVersion !== after.apiVersion || refusalsOf(after.object, options).length > 0) return [];
  const at = new Place(after.object, after.apiVersion, after.kind, versionSet(options.versions));
  at.isThere = options.isThere === true;
  at.rule = rule;
  checkMetadata(after.object, "", at);
  transition(before.object, after.object, at);
  const problems = at.told().map((problem) => ({ ...problem, pointer: nearestPointer(after.object, problem.pointer) }));
  return at.unevaluated > 0 ? [...problems, unevaluated(at)] : problems;
}

/**
 * All that API servers refuse when a manifest is applied over the object that is there. They judge the object that comes
 * of it: what the manifest lacks by itself may be there already, and goes unsaid.
 *
 * @param before the manifest as it was applied
 * @param after the manifest that is applied over it, by the same field manager on the server's side
 */
export function applyProblems(before: Resource, after: Resource, options: ValidateOptions): Problem[] {
  const own = validate(after, { ...options, isThere: true }).problems.filter(isError);
  const ofUpdate = updateProblems(before, after, { ...options, isThere: true });
  if (own.length === 0 || own.some(isOfDecoding) || !isMerged(before, after, options)) return [...own, ...ofUpdate];
  const { stored, next } = states(before, after, options);
  const known = new Set(refusalsOf(stored, options).map(idOf));
  return refusalsOf(next, options).some((problem) => !known.has(idOf(problem))) ? [...own, ...ofUpdate] : ofUpdate;
}

/** Without a doubt on record, and of more than the Pods that are still to come. */
function isError({ rule, severity = "error" }: Problem): boolean {
  return severity === "error" && !commented.includes(rule);
}

const commented = ["apply/warning", "api/deprecated", "apply/pods-rejected"];

/** What is found before anything is merged: it cannot be read, its lists have no order, it has fields of the server's own. */
function isOfDecoding({ rule, pointer }: Problem): boolean {
  if (rule.startsWith("api/") || rule === "schema/type" || /^schema.unknown-/.test(rule)) return true;
  return rule === "apply/list-key" || /^\/metadata\/(?:uid|resourceVersion|managedFields|name)\b/.test(pointer);
}

function isMerged(before: Resource, after: Resource, { schemas }: ValidateOptions): boolean {
  const kind = schemas.kind(after.apiVersion, after.kind);
  return kind?.isBuiltIn === true && kind.scope !== "file" && before.apiVersion === after.apiVersion;
}

/** The object as it is stored, and as it would be. */
function states(before: Resource, after: Resource, { schemas, versions }: ValidateOptions) {
  const type = schemas.kind(after.apiVersion, after.kind)?.type;
  if (type === undefined) throw new Error(`nothing is known of ${after.apiVersion} ${after.kind}`);
  const set = versionSet(versions);
  const stored = created(before.object, type, set);
  return { stored, next: applied(stored, before.object, after.object, type, set), type };
}

function demanded(
  stored: JsonObject,
  next: JsonObject,
  [before, after]: readonly [Resource, Resource],
  type: ObjectType,
  options: ValidateOptions,
): Problem[] {
  const at = new Place(next, after.apiVersion, after.kind, versionSet(options.versions));
  at.rule = rule;
  at.storageClasses = options.storageClasses ?? at.storageClasses;
  at.manifests = { before: before.object, after: after.object };
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
  const found = refusalsOf(next, options);
  if (found.length === 0) return [];
  const known = new Set([...refusalsOf(after.object, options), ...refusalsOf(stored, options)].map(idOf));
  const kept = additions(created(after.object, type, versionSet(options.versions)), next);
  return found.filter((problem) => !known.has(idOf(problem))).map((problem) => explained(problem, kept));
}

function refusalsOf(object: JsonObject, options: ValidateOptions): Problem[] {
  const isRefusal = ({ rule, pointer }: Problem) =>
    rule === "apply/server-field" ? pointer !== "/metadata/generation" : !taken.includes(rule);
  return validate(resourceOf(object), { ...options, isThere: true }).problems.filter(isRefusal);
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
