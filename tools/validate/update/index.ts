import type { Problem } from "../../core/finding.ts";
import { type JsonObject, objectAt } from "../../core/json.ts";
import { nearestPointer, tokens } from "../../core/pointer.ts";
import { type Resource, resourceOf } from "../../core/resource.ts";
import { Place } from "../../vocabulary/place.ts";
import { versionSet } from "../../vocabulary/versions.ts";
import { acceptedOnCreate, unevaluated, type ValidateOptions, validate } from "../index.ts";
import type { Kind, ObjectType } from "../shape.ts";
import { applied, created, merged } from "../stored/index.ts";
import { nearestWritten, storedAt } from "../stored/written.ts";
import { additions } from "./compare.ts";
import { configs } from "./config.ts";
import type { UpdateDemands } from "./demand.ts";
import { checkMetadata } from "./metadata.ts";
import { pods } from "./pod.ts";
import { services } from "./service.ts";
import { storage } from "./storage.ts";
import { workloads } from "./workloads.ts";

const demands: UpdateDemands = { ...workloads, ...pods, ...services, ...storage, ...configs };

/** The rule of all findings about updates. */
const rule = "apply/immutable-field";

/**
 * What API servers reject in a manifest because of the existing object: changes of immutable fields, and contradictions
 * to values that the server filled in. It does not repeat what `validate` reports about the manifest itself.
 *
 * @param before the manifest as it was applied, from which the stored object is derived
 * @param after the manifest that replaces it, by server-side apply with the same field manager
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
 * What the transition rules of a CustomResourceDefinition reject, which run only if nothing else is wrong, and invalid
 * metadata. In a custom resource, the server fills in only the defaults of the schema and keeps nothing that the
 * manifest no longer has.
 */
function transitionProblems(
  before: Resource,
  after: Resource,
  transition: NonNullable<Kind["transition"]>,
  options: ValidateOptions,
): Problem[] {
  // A webhook may convert between versions, so the old object is unknown in the new version.
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
 * Everything that API servers reject when a manifest is applied to the existing object. They validate the merged
 * object, so fields that are missing in the manifest are not reported if the stored object has them.
 *
 * @param before the manifest as it was applied
 * @param after the manifest that replaces it, by server-side apply with the same field manager
 */
export function applyProblems(before: Resource, after: Resource, options: ValidateOptions): Problem[] {
  const own = validate(after, { ...options, isThere: true })
    .problems.filter(isError)
    .filter(isOfUpdate(after));
  const ofUpdate = updateProblems(before, after, { ...options, isThere: true });
  if (own.length === 0 || own.some(precedesMerge) || !isMerged(before, after, options)) return [...own, ...ofUpdate];
  const { stored, next, whole } = states(before, after, options);
  const known = new Set(refusalsOf(stored, options).map(idOf));
  const isNew = (problem: Problem) => !known.has(idOf(problem));
  if (refusalsOf(next, options).some(isNew)) return [...own, ...ofUpdate];
  const kept = new Set(whole === undefined ? [] : refusalsOf(whole, options).filter(isNew).map(idOf));
  return own.some((problem) => kept.has(idOf(problem))) ? [...own, ...ofUpdate] : ofUpdate;
}

/** Whether an update has this problem, too: a resourceVersion of 0 stands for any version. */
function isOfUpdate({ object }: Resource) {
  const isAnyVersion = objectAt(object, "metadata")?.resourceVersion === "0";
  return ({ pointer }: Problem) => !(isAnyVersion && pointer === "/metadata/resourceVersion");
}

/** Whether the apply itself fails: not for warnings, nor for Pods that are created later. */
function isError({ rule, severity = "error" }: Problem): boolean {
  return severity === "error" && !tolerated.includes(rule);
}

const tolerated = ["apply/warning", "api/deprecated", "apply/pods-rejected"];

/** Whether a problem is found before the merge: unreadable manifests, missing or repeated list keys, fields of the server. */
function precedesMerge({ rule, pointer }: Problem): boolean {
  if (rule.startsWith("api/") || rule === "schema/type" || /^schema.unknown-/.test(rule)) return true;
  return rule === "apply/list-key" || /^\/metadata\/(?:uid|resourceVersion|managedFields|name)\b/.test(pointer);
}

function isMerged(before: Resource, after: Resource, { schemas }: ValidateOptions): boolean {
  const kind = schemas.kind(after.apiVersion, after.kind);
  return kind?.isBuiltIn === true && kind.scope !== "file" && before.apiVersion === after.apiVersion;
}

/** The stored object before and after the apply, and what is validated in between. */
function states(before: Resource, after: Resource, { schemas, versions }: ValidateOptions) {
  const type = schemas.kind(after.apiVersion, after.kind)?.type;
  if (type === undefined) throw new Error(`unknown kind ${after.apiVersion} ${after.kind}`);
  const set = versionSet(versions);
  const stored = created(before.object, type, set);
  const next = applied(stored, before.object, after.object, type, set);
  return { stored, next, whole: merged(stored, before.object, after.object, type), type };
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

/** Problems of the object after the apply that neither the manifest nor the stored object has. */
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
    rule === "apply/server-field" ? pointer !== "/metadata/generation" : !acceptedOnCreate.includes(rule);
  return validate(resourceOf(object), { ...options, isThere: true }).problems.filter(isRefusal);
}

function idOf({ rule, pointer, reason }: Problem): string {
  return [rule, storedAt(pointer), reason].join(" ");
}

/** Addresses of a Service stay even if the applied manifest had them (`patchAllocatedValues`), so there are no two steps. */
const lasting = /^\/spec\/clusterIPs?\b/;
const neverAgain = "a Service keeps its address, and None counts as one";
const anew =
  "Give the Service a new name, or delete it and let it be recreated: in the meantime, its clients cannot connect.";

/** @param kept pointers to what the stored object has and a newly created one would not have */
function explained({ pointer, message, reason }: Problem, kept: readonly string[]): Problem {
  const [nearest = pointer] = [...kept].sort((a, b) => shared(b, pointer) - shared(a, pointer));
  const field = tokens(nearest).join(".");
  if (lasting.test(nearest))
    return { rule, pointer, message: `${message}: ${neverAgain}`, help: anew, ...(reason && { reason }) };
  const help = `Delete the object and let it be recreated. Or take two steps: add ${field} to the manifest as kubectl get shows it and apply that, then make this change. Server-side apply removes fields that are no longer in the manifest.`;
  const because = `the API server filled in ${field} when the object was created, and server-side apply keeps fields that were never in the manifest`;
  return { rule, pointer, message: `${message}: ${because}`, help, ...(reason && { reason }) };
}

/** The number of steps that two pointers have in common. */
function shared(a: string, b: string): number {
  const [one, other] = [tokens(a), tokens(b)];
  const parting = one.findIndex((token, index) => token !== other[index]);
  return parting < 0 ? one.length : parting;
}
