import { CelError } from "../../cel/ast.ts";
import { compile, type Environment, environmentOf } from "../../cel/environment.ts";
import { typeOfSchema } from "../../cel/schema-types.ts";
import { optionalOf, type Type, typeText } from "../../cel/types.ts";
import { isObject, type JsonObject, listAt } from "../../core/json.ts";
import type { Place } from "../place.ts";
import { textOf } from "../vocabulary/text.ts";
import { byVersion } from "./expressions.ts";
import { additional, deepest, items, properties } from "./schema-tree.ts";

/**
 * Compiles the rules of a structural schema, each against the type that its place in the schema gives to `self`.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function checkRules(schema: JsonObject, at: Place): void {
  rulesWithin(schema, { name: "self", isRoot: true, uncorrelated: false }, at, 0);
}

interface Position {
  readonly name: string;
  readonly isRoot: boolean;
  /** There is no telling which old value belongs to the new one. */
  readonly uncorrelated: boolean;
}

function rulesWithin(schema: JsonObject, position: Position, at: Place, depth: number): void {
  if (depth > deepest) return;
  const { name, uncorrelated } = position;
  const further = (step: string, lost: boolean): Position => ({
    name: `${name}.${step}`,
    isRoot: false,
    uncorrelated: uncorrelated || lost,
  });
  const isAtomic = schema["x-kubernetes-map-type"] === "atomic";
  for (const { path, schema: inner } of properties(schema)) {
    at.beneath(path, () => rulesWithin(inner, further(String(path[1]), isAtomic), at, depth + 1));
  }
  const [values, elements] = [additional(schema), items(schema)];
  if (values !== undefined)
    at.under("additionalProperties", () => rulesWithin(values, further("@elem", false), at, depth + 1));
  if (elements !== undefined) {
    const lost = schema["x-kubernetes-list-type"] !== "map";
    at.under("items", () => rulesWithin(elements, further("@idx", lost), at, depth + 1));
  }
  if (listAt(schema, "x-kubernetes-validations").length > 0) ownRules(schema, position, at);
}

function ownRules(schema: JsonObject, position: Position, at: Place): void {
  const pointer = at.pointer;
  if (at.problems.some((problem) => problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`))) return;
  const isResource = position.isRoot || schema["x-kubernetes-embedded-resource"] === true;
  const self = typeOfSchema(schema, position.name, isResource);
  if (self === undefined) {
    at.under("x-kubernetes-validations", () =>
      at.invalid("is set where an expression sees nothing", "Give the value a type."),
    );
    return;
  }
  at.enter("x-kubernetes-validations");
  listAt(schema, "x-kubernetes-validations").forEach((rule, index) => {
    if (isObject(rule)) at.under(index, () => compileRule(rule, self, position, at));
  });
  at.leave();
}

function compileRule(rule: JsonObject, self: Type, { uncorrelated }: Position, at: Place): void {
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(self) : self;
  const environment = (version: string) => environmentOf(version, { variables: { self, oldSelf } });
  let usesOld = false;
  const compiled = (source: string, type: string) => (version: string) => {
    const checked = compiledAs(source, type, environment(version));
    usesOld ||= checked.names.has("oldSelf");
    return checked.type;
  };
  at.enter("rule");
  const type = byVersion(at, compiled(textOf(rule.rule), "bool"));
  if (usesOld && uncorrelated)
    at.invalid(
      "uses oldSelf, where no old value can be told to belong to the new one",
      "Put the rule above the list or map.",
    );
  at.leave();
  if (type === undefined) return;
  if (!usesOld && (rule.optionalOldSelf ?? undefined) !== undefined)
    at.under("optionalOldSelf", () => at.invalid("is set, while the rule does not use oldSelf", "Remove it."));
  const message = textOf(rule.messageExpression);
  if (message !== "") at.under("messageExpression", () => void byVersion(at, compiled(message, "string")));
}

function compiledAs(source: string, wanted: string, environment: Environment) {
  const checked = compile(source, environment);
  if (typeText(checked.type) === wanted) return checked;
  throw new CelError(`its value is of type ${typeText(checked.type)}, not ${wanted}`, 0);
}
