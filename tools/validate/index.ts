import type { IpFamily } from "../core/existing.ts";
import type { Problem } from "../core/finding.ts";
import { type JsonObject, objectAt } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import type { Resource } from "../core/resource.ts";
import { Place } from "../vocabulary/place.ts";
import { isUnset } from "../vocabulary/presence.ts";
import { versionSet } from "../vocabulary/versions.ts";
import { seatsIn } from "./advice.ts";
import { checkObject } from "./demands/object.ts";
import { identify } from "./identify.ts";
import { rules } from "./rules.ts";
import type { Schemas } from "./schemas.ts";
import type { Kind } from "./shape.ts";
import { walk } from "./walk.ts";

export { supportedVersions } from "../vocabulary/versions.ts";
export { duplicateResources } from "./duplicates.ts";
export { type RuleText, rules } from "./rules.ts";
export { bundledGroups, loadSchemas, type Schemas, scopeOf, withCrds } from "./schemas.ts";
export type { Scope } from "./shape.ts";

/** For which API servers a resource is checked. */
export interface ValidateOptions {
  /** Minor versions, as `1.36`; at least one, all among {@link supportedVersions}. */
  readonly versions: readonly string[];
  readonly schemas: Schemas;
  /** Of which families the cluster has addresses for Services; default: IPv4. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  /** By their names, those that the cluster is known to have: whether claims of them may grow. See {@link storageClassesIn}. */
  readonly storageClasses?: ReadonlyMap<string, JsonObject> | undefined;
  /** The object is there already: what its definition demands of the way from nothing is asked where nothing was. */
  readonly isThere?: boolean;
}

export interface Verdict {
  /** What the API servers refuse, in the order of the manifest. Empty means that all of them accept it. */
  readonly problems: Problem[];
  /** Nothing is known of the kind: its fields were not looked at, and `problems` says so (`schema/unknown-kind`). */
  readonly skipped: boolean;
  /** The rules of a custom resource's schema (`x-kubernetes-validations`) that could not be evaluated. */
  readonly unevaluated: number;
}

/**
 * What API servers of the asked-for versions would say to a resource: its shape (`schema/*`), its API version (`api/*`)
 * and their own validation (`apply/*`). It never throws on a resource, whatever it holds.
 *
 * @throws UserError when a version is not supported.
 */
export function validate(resource: Resource, options: ValidateOptions): Verdict {
  const at = new Place(resource.object, resource.apiVersion, resource.kind, versionSet(options.versions));
  at.isThere = options.isThere === true;
  at.ipFamilies = options.ipFamilies ?? at.ipFamilies;
  const kind = identify(at, options.schemas);
  if (kind !== undefined) {
    at.isBuiltIn = kind.isBuiltIn;
    at.seats = (field) => seatsIn(kind.type).get(field) ?? [];
    if (kind.scope !== "file") checkObject(at, kind.scope);
    walk(resource.object, { is: "type", type: kind.type, nullable: false }, at);
  }
  const told = withoutEchoes(withoutRepeats(withoutRewritten(at.told(), at.rewritten)));
  const all = withoutVoidWarnings(ofNameless(resource) ? createdOnly(told) : told);
  const problems = kind?.bundledOf === undefined ? all : all.map((one) => bundled(one, kind));
  if (at.unevaluated > 0) problems.push(unevaluated(at));
  return { problems, skipped: kind === undefined, unevaluated: at.unevaluated };
}

/** What a schema refuses that the cluster may have in another version; a slip of the pen is one in all of them. */
function bundled(problem: Problem, { kind, bundledOf }: Kind): Problem {
  const { rule, help = rules.find(({ id }) => id === rule)?.fix } = problem;
  if (!(rule.startsWith("schema/") || rule === "api/deprecated") || help?.startsWith("Did you mean")) return problem;
  const source = `This is ${kind} as ${bundledOf} has it; where the cluster has another, name its CustomResourceDefinition under schemas in gitops.yaml.`;
  return { ...problem, help: help === undefined ? source : `${help} ${source}` };
}

/** What nothing is known of is said, and is no error. */
export function unevaluated({ kind, unevaluated: count }: Place): Problem {
  const rules = count === 1 ? "one of the rules" : `${count} of the rules`;
  const whose =
    kind === "CustomResourceDefinition" ? "that its defaults have to meet" : "of its CustomResourceDefinition";
  return {
    rule: "schema/value",
    severity: "warning",
    pointer: "",
    message: `${kind}: ${rules} ${whose} (x-kubernetes-validations) could not be evaluated here`,
    help: "Ask an API server: kubectl apply --dry-run=server.",
  };
}

/** An object whose name the server makes is created, and never applied. */
function ofNameless({ object }: Resource): boolean {
  return isUnset(objectAt(object, "metadata")?.name);
}

function createdOnly(problems: Problem[]): Problem[] {
  return problems.filter(({ rule }) => rule !== "apply/list-key");
}

/** What must be written otherwise since an API was removed is said with that: neither the field nor what stands for it is missed. */
function withoutRewritten(problems: Problem[], rewritten: readonly (readonly string[])[]): Problem[] {
  if (rewritten.length === 0) return problems;
  const isAt = (pointer: string, path: readonly string[]) => {
    const steps = tokens(pointer);
    return steps.length === path.length && path.every((step, index) => step === "*" || step === steps[index]);
  };
  const isOfHolder = (rule: string) => rule.startsWith("apply/");
  return problems.filter(
    ({ pointer, rule }) =>
      !rewritten.some((path) => isAt(pointer, path) || (isOfHolder(rule) && isAt(pointer, path.slice(0, -1)))),
  );
}

/** A value that is absent, or of another type, needs no word on what else is wrong with it. */
function withoutRepeats(problems: Problem[]): Problem[] {
  const shapeless = new Set(problems.filter(isOfShape).map(({ pointer }) => pointer));
  if (shapeless.size === 0) return problems;
  return problems.filter((problem) => isOfShape(problem) || !shapeless.has(problem.pointer));
}

function isOfShape({ rule }: Problem): boolean {
  return rule === "schema/type" || rule === "schema/required";
}

/** A duplicate that a create refuses already needs no word on server-side apply. */
function withoutEchoes(problems: Problem[]): Problem[] {
  const refused = new Set<string>();
  for (const { rule, reason, pointer } of problems) {
    if (reason === "Duplicate" && rule !== "apply/list-key") refused.add(elementOf(pointer));
  }
  if (refused.size === 0) return problems;
  return problems.filter(({ rule, pointer }) => rule !== "apply/list-key" || !refused.has(elementOf(pointer)));
}

/** Rules of what a create takes: only a server-side apply refuses it, or only the Pods that a template makes are refused. */
export const taken = ["apply/warning", "apply/list-key", "apply/pods-rejected", "apply/server-field", "api/deprecated"];

/** An object that is refused gets no warnings on top. */
function withoutVoidWarnings(problems: Problem[]): Problem[] {
  if (!problems.some(({ rule }) => rule === "apply/warning")) return problems;
  if (problems.every(({ rule }) => taken.includes(rule))) return problems;
  return problems.filter(({ rule }) => rule !== "apply/warning");
}

/** `/spec/ports/1/name` → `/spec/ports/1`. */
function elementOf(pointer: string): string {
  return /^.*\/\d+(?=\/[^/]*$)/.exec(pointer)?.[0] ?? pointer;
}
