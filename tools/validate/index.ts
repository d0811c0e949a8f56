import type { FeatureGate, IpFamily } from "../core/existing.ts";
import type { Problem } from "../core/finding.ts";
import { type JsonObject, objectAt } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import type { Resource } from "../core/resource.ts";
import { Place } from "../vocabulary/place.ts";
import { isUnset } from "../vocabulary/presence.ts";
import { versionSet } from "../vocabulary/versions.ts";
import { checkObject } from "./demands/object.ts";
import { identify } from "./identify.ts";
import { rules } from "./rules.ts";
import type { Schemas } from "./schemas.ts";
import { seatsIn } from "./seats.ts";
import type { Kind } from "./shape.ts";
import { problemsOf } from "./trial.ts";
import { walk } from "./walk.ts";

export { supportedVersions } from "../vocabulary/versions.ts";
export { duplicateResources } from "./duplicates.ts";
export { type RuleText, rules } from "./rules.ts";
export { bundledGroups, loadSchemas, type Schemas, scopeOf, withCrds } from "./schemas.ts";
export type { Scope } from "./shape.ts";

/** The API servers for which a resource is checked. */
export interface ValidateOptions {
  /** Minor versions such as `1.36`: at least one, all of them in {@link supportedVersions}. */
  readonly versions: readonly string[];
  readonly schemas: Schemas;
  /** The IP families of the cluster's Services; default: IPv4. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  /** The feature gates that the cluster has on, besides those that are on by default. */
  readonly featureGates?: readonly FeatureGate[] | undefined;
  /** The known StorageClasses of the cluster, by name: they decide whether claims may grow. */
  readonly storageClasses?: ReadonlyMap<string, JsonObject> | undefined;
  /** The object exists already: rules with `optionalOldSelf` then run as transition rules, even on new fields. */
  readonly isThere?: boolean;
}

/** The result of {@link validate}. */
export interface Verdict {
  /** What the API servers reject, in the order of the manifest. Empty means that all of them accept it. */
  readonly problems: Problem[];
  /** The kind is unknown: its fields were not checked, and `problems` reports that (`schema/unknown-kind`). */
  readonly skipped: boolean;
  /** The number of rules (`x-kubernetes-validations`) of a custom resource's schema that could not be evaluated. */
  readonly unevaluated: number;
}

/**
 * What API servers of the given versions report about a resource: its shape (`schema/*`), its API version (`api/*`)
 * and their own validation (`apply/*`). No resource makes it throw.
 *
 * @throws UserError when a version is not supported.
 */
export function validate(resource: Resource, options: ValidateOptions): Verdict {
  const at = new Place(resource.object, resource.apiVersion, resource.kind, versionSet(options.versions));
  at.isThere = options.isThere === true;
  at.ipFamilies = options.ipFamilies ?? at.ipFamilies;
  at.featureGates = options.featureGates ?? at.featureGates;
  const kind = identify(at, options.schemas);
  if (kind !== undefined) {
    at.isBuiltIn = kind.isBuiltIn;
    at.seats = (field) => seatsIn(kind.type).get(field) ?? [];
    at.problemsOf = (object) => problemsOf(object, kind, at);
    if (kind.scope !== "file") checkObject(at, kind.scope);
    walk(resource.object, { is: "type", type: kind.type, nullable: false }, at);
  }
  const relevant = withoutEchoes(withoutRepeats(withoutRewritten(at.told(), at.rewritten)));
  const all = withoutVoidWarnings(isNameless(resource) ? createdOnly(relevant) : relevant);
  const problems = kind?.bundledOf === undefined ? all : all.map((one) => bundled(one, kind));
  if (at.unevaluated > 0) problems.push(unevaluated(at));
  return { problems, skipped: kind === undefined, unevaluated: at.unevaluated };
}

/** Adds to the help that the cluster may have another version of a bundled schema, unless the problem is a typo. */
function bundled(problem: Problem, { kind, bundledOf }: Kind): Problem {
  const { rule, help = rules.find(({ id }) => id === rule)?.fix } = problem;
  if (!(rule.startsWith("schema/") || rule === "api/deprecated") || help?.startsWith("Did you mean")) return problem;
  const source = `${kind} is checked as in ${bundledOf}; if the cluster has another version, add its CustomResourceDefinition to schemas in gitops.yaml.`;
  return { ...problem, help: help === undefined ? source : `${help} ${source}` };
}

/** The warning that some rules could not be evaluated. */
export function unevaluated({ kind, unevaluated: count }: Place): Problem {
  const some = count === 1 ? "one of the rules" : `${count} of the rules`;
  const ofWhat = kind === "CustomResourceDefinition" ? "for its defaults" : "of its CustomResourceDefinition";
  return {
    rule: "schema/value",
    severity: "warning",
    pointer: "",
    message: `${kind}: ${some} ${ofWhat} (x-kubernetes-validations) could not be evaluated offline`,
    help: "Check it with an API server: kubectl apply --dry-run=server.",
  };
}

/** An object whose name the server generates is created, never applied. */
function isNameless({ object }: Resource): boolean {
  return isUnset(objectAt(object, "metadata")?.name);
}

function createdOnly(problems: Problem[]): Problem[] {
  return problems.filter(({ rule }) => rule !== "apply/list-key");
}

/**
 * Drops the problems at and below fields that the finding about a removed API already lists, and of the objects that hold
 * them.
 */
function withoutRewritten(problems: Problem[], rewritten: readonly (readonly string[])[]): Problem[] {
  if (rewritten.length === 0) return problems;
  return problems.filter(({ pointer, rule }) => {
    const steps = tokens(pointer);
    const isPast = (path: readonly string[]) => path.every((step, index) => step === "*" || step === steps[index]);
    const isOfHolder = (path: readonly string[]) =>
      rule.startsWith("apply/") && steps.length === path.length - 1 && isPast(path.slice(0, -1));
    return !rewritten.some((path) => isPast(path) || isOfHolder(path));
  });
}

/** Drops the other problems of a value that is missing or of the wrong type. */
function withoutRepeats(problems: Problem[]): Problem[] {
  const shapeless = new Set(problems.filter(isOfShape).map(({ pointer }) => pointer));
  if (shapeless.size === 0) return problems;
  return problems.filter((problem) => isOfShape(problem) || !shapeless.has(problem.pointer));
}

function isOfShape({ rule }: Problem): boolean {
  return rule === "schema/type" || rule === "schema/required";
}

/** Drops problems with server-side apply for duplicates that a create already rejects. */
function withoutEchoes(problems: Problem[]): Problem[] {
  const refused = new Set<string>();
  for (const { rule, reason, pointer } of problems) {
    if (reason === "Duplicate" && rule !== "apply/list-key") refused.add(elementOf(pointer));
  }
  if (refused.size === 0) return problems;
  return problems.filter(({ rule, pointer }) => rule !== "apply/list-key" || !refused.has(elementOf(pointer)));
}

/**
 * The rules of problems that a create accepts: only server-side apply rejects them, or only the Pods of the template
 * are rejected.
 */
export const acceptedOnCreate = [
  "apply/warning",
  "apply/list-key",
  "apply/pods-rejected",
  "apply/server-field",
  "api/deprecated",
];

/** Drops the warnings of a rejected object: the API server does not send them. */
function withoutVoidWarnings(problems: Problem[]): Problem[] {
  if (!problems.some(({ rule }) => rule === "apply/warning")) return problems;
  if (problems.every(({ rule }) => acceptedOnCreate.includes(rule))) return problems;
  return problems.filter(({ rule }) => rule !== "apply/warning");
}

/** `/spec/ports/1/name` → `/spec/ports/1`. */
function elementOf(pointer: string): string {
  return /^.*\/\d+(?=\/[^/]*$)/.exec(pointer)?.[0] ?? pointer;
}
