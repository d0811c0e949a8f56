import { CelError } from "../cel/ast.ts";
import type { Checked } from "../cel/check.ts";
import { compile } from "../cel/compile.ts";
import { type Environment, environmentOf } from "../cel/environment.ts";
import { evaluate } from "../cel/evaluate.ts";
import { Fault, Unsupported } from "../cel/fault.ts";
import { typeOfSchema } from "../cel/schema-types.ts";
import { seenOf } from "../cel/schema-values.ts";
import { optionalOf } from "../cel/types.ts";
import { Optional, type Value } from "../cel/values.ts";
import type { Reason } from "../core/finding.ts";
import { isObject, type Json, type JsonObject, listAt } from "../core/json.ts";
import type { Place } from "../vocabulary/place.ts";
import { textOf, trimSpace } from "../vocabulary/text.ts";
import { withoutDefaults } from "./defaults.ts";
import { fieldPath } from "./demands/field-path.ts";
import { someSchema } from "./demands/schema-tree.ts";
import { type Visited, walkSchema } from "./schema-walk.ts";
import { recreate } from "./update/demand.ts";

/**
 * Checks a custom resource against the CEL rules of its schema. Skips transition rules, which need an older state, and
 * counts the rules that cannot be evaluated.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function checkRules(resource: JsonObject, schema: JsonObject, at: Place): void {
  const visit = (visited: Visited) => {
    for (const rule of rulesOf(visited)) checkRule(rule, visited, at);
    return true;
  };
  walkSchema([undefined, resource], schema, at, visit, { isResource: true });
}

function rulesOf({ schema }: Visited): readonly JsonObject[] {
  return listAt(schema, "x-kubernetes-validations").filter(isObject);
}

/** Whether a schema has any CEL rules. */
export function hasRules(schema: JsonObject): boolean {
  return someSchema(schema, (one) => listAt(one, "x-kubernetes-validations").length > 0);
}

function checkRule(rule: JsonObject, { value, schema, isResource }: Visited, at: Place): void {
  const compiled = compiledRule(rule, schema, isResource);
  if (compiled === undefined) at.unevaluated++;
  else if (!usesOld(compiled) || (rule.optionalOldSelf === true && !at.isThere))
    runRule({ rule, schema, compiled, id: "schema/value" }, seenOf(value, schema, isResource), Optional.none, at);
}

/** A rule with its schema. */
interface Evaluation {
  readonly rule: JsonObject;
  readonly schema: JsonObject;
  readonly compiled: CompiledRule;
  /** The rule of the gate under which failures are reported. */
  readonly id: string;
  readonly help?: string;
}

function runRule(evaluation: Evaluation, self: Value | undefined, oldSelf: Value | undefined, at: Place): void {
  const { rule, compiled } = evaluation;
  const run = {
    overloads: compiled.environment.overloads,
    variable: (name: string) => (name === "self" ? self : name === "oldSelf" ? oldSelf : undefined),
  };
  try {
    if (evaluate(compiled.checked.node, run) === false) report(evaluation, messageOf(rule, compiled, run), at);
  } catch (error) {
    if (error instanceof Fault) report(evaluation, `${ownMessage(rule)}: ${error.message}`, at);
    else if (error instanceof Unsupported) at.unevaluated++;
    else throw error;
  }
}

/**
 * Checks a value against the transition rules of its schema, which compare it with the old value. Without an old value,
 * only rules with `optionalOldSelf` apply. Rules that do not compile were counted when the new value was checked by
 * itself.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#transition-rules
 */
export function checkTransition(visited: Visited, at: Place): void {
  const { old, value, schema, isResource } = visited;
  for (const rule of rulesOf(visited)) {
    const compiled = compiledRule(rule, schema, isResource);
    const isOptional = rule.optionalOldSelf === true;
    if (compiled === undefined || !usesOld(compiled) || (old === null && !isOptional)) continue;
    const was = old === null ? undefined : seenOf(old, schema, isResource);
    const evaluation = { rule, schema, compiled, id: "apply/immutable-field", help: recreate(at.root) };
    runRule(evaluation, seenOf(value, schema, isResource), isOptional ? new Optional(was) : was, at);
  }
}

/**
 * Checks a default against the rules of its schema, without the defaults within it, both as a new value and as an
 * update of itself.
 * `ValidateDefaults` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go
 */
export function checkDefaultByRules(value: Json, schema: JsonObject, isResource: boolean, at: Place): void {
  if (!hasRules(schema)) return;
  const visit = (visited: Visited) => {
    for (const rule of rulesOf(visited)) checkDefault(rule, visited, at);
    return true;
  };
  walkSchema([value, value], withoutDefaults(schema), at, visit, { isResource });
}

function checkDefault(rule: JsonObject, { old, value, schema, isResource }: Visited, at: Place): void {
  const compiled = compiledRule(rule, schema, isResource);
  if (compiled === undefined) {
    at.unevaluated++;
    return;
  }
  const evaluation = { rule, schema, compiled, id: at.rule, help: "Correct the default or the rule." };
  const self = seenOf(value, schema, isResource);
  const isOptional = rule.optionalOldSelf === true;
  const was = old === null ? undefined : seenOf(old, schema, isResource);
  if (!usesOld(compiled)) runRule(evaluation, self, undefined, at);
  else if (was !== undefined) runRule(evaluation, self, isOptional ? new Optional(was) : was, at);
  if (usesOld(compiled) && isOptional) runRule(evaluation, self, Optional.none, at);
}

function usesOld({ checked }: CompiledRule): boolean {
  return checked.names.has("oldSelf");
}

interface CompiledRule {
  readonly environment: Environment;
  readonly checked: Checked;
  readonly message: Checked | undefined;
}

/** Compiled rules, shared by all resources of a kind. */
const known = new WeakMap<JsonObject, CompiledRule | undefined>();

function compiledRule(rule: JsonObject, schema: JsonObject, isResource: boolean): CompiledRule | undefined {
  if (known.has(rule)) return known.get(rule);
  const compiled = compileRule(rule, schema, isResource);
  known.set(rule, compiled);
  return compiled;
}

/** A stored rule may use the functions of all versions. */
const latest = "1.99";

function compileRule(rule: JsonObject, schema: JsonObject, isResource: boolean): CompiledRule | undefined {
  const self = typeOfSchema(schema, "self", isResource);
  if (self === undefined) return undefined;
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(self) : self;
  const environment = environmentOf(latest, { variables: { self, oldSelf } });
  const checked = tried(textOf(rule.rule), environment);
  if (checked === undefined) return undefined;
  const source = textOf(rule.messageExpression);
  return { environment, checked, message: source === "" ? undefined : tried(source, environment) };
}

function tried(source: string, environment: Environment): Checked | undefined {
  try {
    return compile(source, environment);
  } catch (error) {
    if (error instanceof CelError) return undefined;
    throw error;
  }
}

/** The message of the rule, or the rule itself. */
function ownMessage({ message, rule }: JsonObject): string {
  return trimSpace(textOf(message)) || `failed rule: ${trimSpace(textOf(rule))}`;
}

function messageOf(rule: JsonObject, { message }: CompiledRule, run: Parameters<typeof evaluate>[1]): string {
  if (message === undefined) return ownMessage(rule);
  const made = valueOrUndefined(message, run);
  return typeof made === "string" && trimSpace(made) !== "" && !/[\n\r]/.test(made) ? made : ownMessage(rule);
}

function valueOrUndefined({ node }: Checked, run: Parameters<typeof evaluate>[1]): Value | undefined {
  try {
    return evaluate(node, run);
  } catch (error) {
    if (error instanceof Fault || error instanceof Unsupported) return undefined;
    throw error;
  }
}

function report({ rule, schema, id, help }: Evaluation, message: string, at: Place): void {
  const reason = textOf(rule.reason).replace(/^FieldValue/, "") || "Invalid";
  const path = textOf(rule.fieldPath);
  const steps = path === "" ? [] : (fieldPath(path, schema)?.steps ?? []);
  at.beneath(steps, () => at.report(reason as Reason, `${at.name()}: ${message}`, help, id));
}
