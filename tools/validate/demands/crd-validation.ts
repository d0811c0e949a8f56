import type { JsonObject } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { checkDefaults, checkDefaultsByRules, checkForbiddenDefaults } from "./crd-defaults.ts";
import { checkRules } from "./crd-rules.ts";
import { checkStructural, isStructural } from "./crd-structural.ts";
import { isSet, someSchema } from "./schema-tree.ts";

/** The fields that the root of a schema may have with a status subresource, whose schema is extracted from it. */
const besideStatus = new Set([
  ..."description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength".split(" "),
  ..."pattern maxItems minItems uniqueItems multipleOf required items properties externalDocs example".split(" "),
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
]);

/**
 * Checks the schema of a version as a whole (`validateCustomResourceDefinitionValidation`). Each stage runs only if the
 * previous one found nothing.
 */
export function checkSchema(schema: JsonObject, hasStatus: boolean, at: Place): void {
  if (hasStatus) checkBesideStatus(schema, at);
  if (schema.nullable === true) at.under("nullable", () => at.forbidden("at the root of a schema"));
  checkForbiddenDefaults(schema, at);
  if (!isStructural(schema)) {
    if (someSchema(schema, ({ $schema }) => !isUnset($schema)))
      at.invalid("contains $schema, which is not supported", "Remove it.");
    return;
  }
  const before = at.problems.length;
  checkStructural(schema, at);
  if (at.problems.length === before) checkDefaults(schema, at);
  if (at.problems.length === before) checkRules(schema, at);
  if (at.problems.length === before) checkDefaultsByRules(schema, at);
}

function checkBesideStatus(schema: JsonObject, at: Place): void {
  if (schema.type !== "object" && !isUnset(schema.type))
    at.under("type", () => at.invalid("must be object with a status subresource", "Set it to object."));
  const extra = Object.keys(schema).find((field) => !besideStatus.has(field) && isSet(field, schema[field]));
  if (extra !== undefined) {
    const refuse = () =>
      at.invalid("is set at the root of a schema with a status subresource", "Move it into a property.");
    at.under(extra, refuse);
  }
}
