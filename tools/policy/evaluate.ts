import { compiled } from "policies?validators";
import type { ValidateFunction } from "ajv";
import { errorsOf, show } from "../config/schema-errors.ts";
import type { Problem } from "../core/finding.ts";
import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import type { KustomizationFile } from "../core/kustomization.ts";
import { at, join } from "../core/pointer.ts";
import type { RepositoryContext } from "../core/repository.ts";
import type { Resource } from "../core/resource.ts";
import type { Case, Denial, Policy, TargetContext, Violation } from "./define.ts";
import { matchesResource, matchesTarget, matching } from "./match.ts";
import { thrownMessage } from "./thrown.ts";

/** A problem that a policy found, with its resource, kustomization or file. */
export interface PolicyProblem extends Problem {
  readonly of?: Resource;
  readonly in?: KustomizationFile;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The reason for which the policy itself makes an exception for the resource. */
  readonly excepted?: string;
}

/** The result of all policies for one target. */
export interface Evaluation {
  readonly problems: PolicyProblem[];
  /** Policies that threw an error, which must not hide the problems that others found. */
  readonly crashes: { readonly rule: string; readonly message: string }[];
}

/**
 * Judges one target by every policy that matches it. A policy that throws is listed as crashed.
 *
 * @throws UserError if the schema of a policy is invalid.
 */
export async function evaluate(all: readonly Policy[], context: TargetContext): Promise<Evaluation> {
  const policies = all.filter((policy) => matchesTarget(policy.match, context.target));
  for (const policy of policies) await compileFor(policy, context);
  const problems: PolicyProblem[] = [];
  const crashes: { rule: string; message: string }[] = [];
  for (const policy of policies) {
    try {
      for (const violation of judge(policy, context)) problems.push(problemOf(policy, violation, context));
    } catch (error) {
      crashes.push({ rule: policy.id, message: thrownMessage(error) });
    }
  }
  return { problems, crashes };
}

/** A problem of one target that shows only when compared with the others. */
interface RepositoryProblem extends PolicyProblem {
  readonly target: string;
}

/** Judges the whole repository, as {@link evaluate} judges a target. */
export function evaluateRepository(
  policies: readonly Policy[],
  repository: RepositoryContext,
): { readonly problems: RepositoryProblem[]; readonly crashes: Evaluation["crashes"] } {
  const problems: RepositoryProblem[] = [];
  const crashes: { rule: string; message: string }[] = [];
  for (const policy of policies) {
    try {
      for (const violation of policy.checkRepository?.(repository) ?? []) {
        const target = { path: violation.target, kind: "manifests" } as const;
        problems.push({ ...problemOf(policy, violation, { target }), target: violation.target });
      }
    } catch (error) {
      crashes.push({ rule: policy.id, message: thrownMessage(error) });
    }
  }
  return { problems, crashes };
}

function* judge(policy: Policy, context: TargetContext): Generator<Violation> {
  if (policy.checkTarget) {
    yield* policy.checkTarget(context);
    return;
  }
  if (policy.checkKustomization) {
    yield* ofKustomizations(policy, context);
    return;
  }
  if (!policy.check && !judgesByData(policy)) return;
  for (const resource of matching(policy.match, context.resources)) {
    const violations = policy.check?.(resource, context) ?? byData(policy, resource, context);
    for (const violation of violations) yield { resource, ...violation };
  }
}

function* ofKustomizations(policy: Policy, context: TargetContext): Generator<Violation> {
  for (const kustomization of context.kustomizations ?? []) {
    const violations = policy.checkKustomization?.(kustomization, context) ?? [];
    for (const violation of violations) yield { kustomization, ...violation };
  }
}

/** Whether a policy is data. A policy without data or functions is judged elsewhere: by a stage of the gate. */
function judgesByData({ schema, cases, deny, warn }: Policy): boolean {
  return [schema, cases, deny, warn].some((part) => part !== undefined);
}

function* byData(policy: Policy, resource: Resource, context: TargetContext): Generator<Violation> {
  yield* bySchema(policy, resource, context);
  for (const [severity, denials] of [["error", policy.deny] as const, ["warning", policy.warn] as const]) {
    for (const denial of denials ?? []) {
      const { when, at: place = placeOf(when), message } = denial;
      if (!isAbout(denial, resource, context.target) || !(validators.get(denial)?.(resource.object) ?? !when)) continue;
      yield { pointer: place, message: fill(message, resource.object, isSecretIn(resource)), severity };
    }
  }
}

/** The pointer to the only field that a schema describes; it ends where the schema describes several. */
function placeOf(schema: JsonObject | undefined): string {
  const [[key, inner] = [], ...others] = Object.entries(objectAt(schema, "properties") ?? {});
  if (key === undefined || others.length > 0 || !isObject(inner)) return "";
  return join("", key) + placeOf(inner);
}

/** Returns a test for pointers to values that must not be printed. */
function isSecretIn({ kind }: Resource): (pointer: string) => boolean {
  return (pointer) => kind === "Secret" && /^(?:\/(?:data|stringData)|$)/.test(pointer);
}

function* bySchema(policy: Policy, resource: Resource, { target }: TargetContext): Generator<Violation> {
  for (const one of casesOf(policy)) {
    const validate = validators.get(one);
    if (!validate || !isAbout(one, resource, target) || validate(resource.object)) continue;
    const template = one.message ?? policy.message;
    const isSecret = isSecretIn(resource);
    for (const { pointer, message } of errorsOf(validate, isSecret)) {
      yield { pointer, message: template ? fill(template, resource.object, isSecret) : message };
    }
  }
}

function casesOf(policy: Policy): readonly Case[] {
  if (policy.cases) return policy.cases;
  return policy.schema ? [policy as Case] : [];
}

function isAbout({ match }: Case | Denial, resource: Resource, target: TargetContext["target"]): boolean {
  return matchesTarget(match, target) && matchesResource(match, resource);
}

const validators = new WeakMap<Case | Denial, ValidateFunction>();

/** Compiles the schemas that match a resource of the target, and not earlier: most policies are about few targets. */
async function compileFor(policy: Policy, { target, resources }: TargetContext): Promise<void> {
  for (const one of [...casesOf(policy), ...(policy.deny ?? []), ...(policy.warn ?? [])]) {
    const schema = "schema" in one ? one.schema : one.when;
    if (schema === undefined || validators.has(one)) continue;
    if (!matching(policy.match, resources).some((resource) => isAbout(one, resource, target))) continue;
    validators.set(one, await validatorOf(schema, policy.id));
  }
}

/** This repository's schemas are compiled with the toolchain; ajv is loaded only for others, and for edited ones. */
async function validatorOf(schema: JsonObject, name: string): Promise<ValidateFunction> {
  const known = compiled.get(JSON.stringify(schema));
  if (known) return known;
  const { compile } = await import("./ajv.ts");
  return compile(schema, name);
}

/** Replaces `{/spec/type}` by the value at that pointer. */
function fill(template: string, value: Json, isSecret: (pointer: string) => boolean): string {
  return template.replace(/\{(\/[^{}]*)\}/g, (_, pointer: string) => {
    if (isSecret(pointer)) return "the value";
    const found = at(value, pointer);
    return typeof found === "string" ? found : show(found);
  });
}

/** @throws TypeError if a policy's function does not yield a valid violation: a bug in the policy, not in the reports. */
function problemOf(policy: Policy, violation: Violation, { target }: Pick<TargetContext, "target">): PolicyProblem {
  const { pointer, message } = (violation ?? {}) as Partial<Violation>;
  if (typeof message !== "string") throw new TypeError("it yields a violation without a message");
  if (typeof pointer !== "string" || !/^(?:\/|$)/.test(pointer))
    throw new TypeError(`it yields a violation without a pointer ("" or "/spec/…"): ${message}`);
  const { resource } = violation;
  const exception =
    resource &&
    policy.exceptions?.find(({ match }) => matchesTarget(match, target) && matchesResource(match, resource));
  return {
    rule: policy.id,
    pointer: violation.pointer,
    ...(violation.offset !== undefined && { offset: violation.offset }),
    message: violation.message,
    help: violation.help ?? policy.fix,
    ...(exception && { excepted: exception.reason }),
    ...(violation.severity && { severity: violation.severity }),
    ...(violation.wants && { wants: violation.wants }),
    ...(violation.missing && { missing: violation.missing }),
    ...(violation.resource && { of: violation.resource }),
    ...(violation.kustomization && { in: violation.kustomization }),
    ...(violation.file !== undefined && { file: violation.file, line: 1, column: 1 }),
  };
}
