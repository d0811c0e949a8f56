import { CelError } from "../../cel/ast.ts";
import type { Checked } from "../../cel/check.ts";
import { compile } from "../../cel/compile.ts";
import { childrenOf, type Sizes, sizesOf } from "../../cel/cost/sizes.ts";
import { type Environment, environmentOf } from "../../cel/environment.ts";
import { typeOfSchema } from "../../cel/schema-types.ts";
import { optionalOf, type Type, typeText } from "../../cel/types.ts";
import type { Problem } from "../../core/finding.ts";
import { isObject, type JsonObject, listAt } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";
import { textOf } from "../../vocabulary/text.ts";
import { Budget } from "./crd-cost.ts";
import { byVersion } from "./expressions.ts";
import { additional, deepest, items, properties } from "./schema-tree.ts";

/**
 * Compiles the rules of a structural schema, with the type of `self` at the place of each rule, and reports errors.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function checkRules(schema: JsonObject, at: Place): void {
  const budget = new Budget();
  rulesWithin(schema, { ...root, budget }, at, 0);
  budget.checkTotal(at);
}

const root = { name: "self", isRoot: true, uncorrelated: false, count: 1, isInScope: false, isTypeless: false };

interface Position {
  readonly name: string;
  readonly isRoot: boolean;
  /** New values cannot be matched to old ones. */
  readonly uncorrelated: boolean;
  /** The maximum number of values of the schema in one object; undefined if there is no limit. */
  readonly count: number | undefined;
  readonly budget: Budget;
  /** The schema or one above it has rules, so that the types of those below follow from its own. */
  readonly isInScope: boolean;
  /** The schema is inside one that has no type, or whose type has no such parts: elements of a string, for example. */
  readonly isTypeless: boolean;
}

function rulesWithin(schema: JsonObject, position: Position, at: Place, depth: number): void {
  if (depth > deepest) return;
  const { name, uncorrelated, budget } = position;
  const children = childrenOf(schema);
  const count = position.count === undefined || children === undefined ? undefined : position.count * children;
  const isInScope = position.isInScope || listAt(schema, "x-kubernetes-validations").length > 0;
  const isUntyped = position.isTypeless || (isInScope && typeAt(schema, position) === undefined);
  const [values, elements] = [additional(schema), items(schema)];
  const hasElements = schema.type === "array" || (schema.type === "object" && values !== undefined);
  const hasNone = isInScope && (!hasElements || schema["x-kubernetes-int-or-string"] === true);
  const further = (step: string, lost = false, isTypeless = false): Position => ({
    name: `${name}.${step}`,
    isRoot: false,
    uncorrelated: uncorrelated || lost,
    count,
    budget,
    isInScope,
    isTypeless: isTypeless || isUntyped,
  });
  for (const { path, schema: inner } of properties(schema)) {
    at.beneath(path, () => rulesWithin(inner, further(String(path[1])), at, depth + 1));
  }
  if (values !== undefined)
    at.under("additionalProperties", () => rulesWithin(values, further("@elem", false, hasNone), at, depth + 1));
  if (elements !== undefined) {
    const lost = schema["x-kubernetes-list-type"] !== "map";
    at.under("items", () => rulesWithin(elements, further("@idx", lost, hasNone), at, depth + 1));
  }
  if (listAt(schema, "x-kubernetes-validations").length > 0) ownRules(schema, position, at);
}

/** Whether the server already rejects the schema for this problem, so that it does not compile the rules. */
function isOfSchema({ rule, pointer }: Problem, schema: string): boolean {
  if (rule === "apply/warning" || rule === "apply/list-key") return false;
  return pointer === schema || pointer.startsWith(`${schema}/`);
}

function isResource(schema: JsonObject, { isRoot }: Position): boolean {
  return isRoot || schema["x-kubernetes-embedded-resource"] === true;
}

function typeAt(schema: JsonObject, position: Position): Type | undefined {
  return typeOfSchema(schema, position.name, isResource(schema, position));
}

function ownRules(schema: JsonObject, position: Position, at: Place): void {
  if (at.problems.some((problem) => isOfSchema(problem, at.pointer))) return;
  const self = position.isTypeless ? undefined : typeAt(schema, position);
  if (self === undefined) {
    at.under("x-kubernetes-validations", () =>
      at.invalid(
        "is set where the schema does not fully declare the type of the value",
        "Declare the type in the schema.",
      ),
    );
    return;
  }
  const sizes = sizesOf(schema, isResource(schema, position));
  at.enter("x-kubernetes-validations");
  listAt(schema, "x-kubernetes-validations").forEach((rule, index) => {
    if (isObject(rule)) at.under(index, () => compileRule(rule, { self, sizes }, position, at));
  });
  at.leave();
}

/** The type of `self`, and how large it can be. */
interface Self {
  readonly self: Type;
  readonly sizes: Sizes | undefined;
}

function compileRule(rule: JsonObject, { self, sizes }: Self, position: Position, at: Place): void {
  const { uncorrelated, count, budget } = position;
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(self) : self;
  const environment = (version: string) => environmentOf(version, { variables: { self, oldSelf } });
  let usesOld = false;
  let latest: Checked | undefined;
  const compiled = (source: string, type: string) => (version: string) => {
    latest = compiledAs(source, type, environment(version));
    usesOld ||= latest.names.has("oldSelf");
    return latest.type;
  };
  at.enter("rule");
  const type = byVersion(at, compiled(textOf(rule.rule), "bool"));
  if (usesOld && uncorrelated)
    at.invalid("uses oldSelf where new values cannot be matched to old ones", "Move the rule above the list or map.");
  if (latest && sizes) budget.spend(latest, sizes, count, at);
  at.leave();
  if (type === undefined) return;
  if (!usesOld && (rule.optionalOldSelf ?? undefined) !== undefined)
    at.under("optionalOldSelf", () => at.invalid("is set, but the rule does not use oldSelf", "Remove it."));
  const message = textOf(rule.messageExpression);
  if (message === "") return;
  latest = undefined;
  at.under("messageExpression", () => {
    byVersion(at, compiled(message, "string"));
    // The message is evaluated once, however many values break the rule.
    if (latest && sizes) budget.spend(latest, sizes, 1, at);
  });
}

function compiledAs(source: string, wanted: string, environment: Environment) {
  const checked = compile(source, environment);
  if (typeText(checked.type) === wanted) return checked;
  throw new CelError(`it is of type ${typeText(checked.type)}, not ${wanted}`, 0);
}
