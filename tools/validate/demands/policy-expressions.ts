import { dyn, struct, type Type } from "../../cel/types.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { onObject } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { byteLength, textOf, trimSpace } from "../../vocabulary/text.ts";
import { checkExpression, expression, isBlank, matchCondition } from "./expressions.ts";

type Variables = Readonly<Record<string, Type>>;

/**
 * A variable of a policy can use the ones before it; later expressions can use all of them (`CompileAndStoreVariable`).
 */
function composed(spec: JsonObject, params: Variables, at: Place): Variables {
  const known = new Map<string, Type>();
  const all = { ...params, variables: struct("kubernetes.variables", (field) => known.get(field)) };
  objectsIn(spec.variables).forEach(({ name, expression: source }, index) => {
    if (typeof source !== "string" || isBlank(source)) return;
    const path = ["variables", index, "expression"];
    at.beneath(path, () => known.set(textOf(name), declared(checkExpression(source, { variables: all }, at))));
  });
  return all;
}

/** The type of a variable where it is used: `dyn` for messages and optionals (`convertCelTypeToDeclType`). */
function declared(type: Type = dyn): Type {
  if (type.kind === "list" || type.kind === "map") return { ...type, of: type.of.map(declared) };
  return type.isNullable === true || ["struct", "opaque", "type"].includes(type.kind) ? dyn : type;
}

/** `params` exists only if the policy sets paramKind. */
const paramsOf = ({ paramKind }: JsonObject): Variables =>
  (paramKind ?? undefined) === undefined ? {} : { params: dyn };

function eachAt(list: string, value: Json | undefined, at: Place, check: (element: JsonObject) => void): void {
  at.enter(list);
  if (Array.isArray(value)) {
    value.forEach((element, index) => {
      if (isObject(element)) at.under(index, () => check(element));
    });
  }
  at.leave();
}

/** Checks all expressions of a ValidatingAdmissionPolicy. */
export const validatingExpressions: Check = onObject((spec, at) => {
  const params = paramsOf(spec);
  const variables = objectsIn(spec.variables).length > 0 ? composed(spec, params, at) : params;
  const conditions = matchCondition(params).expression;
  eachAt("matchConditions", spec.matchConditions, at, (one) =>
    at.under("expression", () => conditions(one.expression ?? undefined, at)),
  );
  eachAt("validations", spec.validations, at, (one) => validation(one, variables, at));
  eachAt("auditAnnotations", spec.auditAnnotations, at, (one) =>
    at.under("valueExpression", () => annotation(one, variables, at)),
  );
});

function validation({ expression: source, messageExpression }: JsonObject, variables: Variables, at: Place): void {
  at.under("expression", () => expression({ variables, types: ["bool"] })(source ?? undefined, at));
  if (typeof messageExpression !== "string" || messageExpression === "") return;
  at.under("messageExpression", () => {
    if (isBlank(messageExpression)) at.invalid("is blank", "Remove it or add an expression.");
    else checkExpression(messageExpression, { variables, authorizer: false, types: ["string"] }, at);
  });
}

const longestAnnotation = 5 * 1024;

function annotation({ valueExpression }: JsonObject, variables: Variables, at: Place): void {
  const source = trimSpace(textOf(valueExpression));
  if (source === "") at.required();
  else if (byteLength(source) > longestAnnotation)
    at.say("Required", `is longer than ${longestAnnotation} bytes`, "Shorten it.");
  else checkExpression(source, { variables, types: ["string", "null_type"] }, at);
}

/** Checks all expressions of a MutatingAdmissionPolicy. */
export const mutatingExpressions: Check = onObject((spec, at) => {
  const params = paramsOf(spec);
  const variables = composed(spec, params, at);
  const conditions = matchCondition(params).expression;
  eachAt("matchConditions", spec.matchConditions, at, (one) =>
    at.under("expression", () => conditions(one.expression ?? undefined, at)),
  );
  eachAt("mutations", spec.mutations, at, ({ patchType, jsonPatch, applyConfiguration }) => {
    const patch = (field: string, value: Json | undefined, type: string) => {
      if (!isObject(value)) return;
      const check = expression({ variables, patches: true, types: [type] });
      at.beneath([field, "expression"], () => check(value.expression ?? undefined, at));
    };
    if (patchType === "JSONPatch") patch("jsonPatch", jsonPatch, "list(JSONPatch)");
    if (patchType === "ApplyConfiguration") patch("applyConfiguration", applyConfiguration, "Object");
  });
});
