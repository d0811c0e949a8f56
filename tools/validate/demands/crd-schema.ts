import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, isUnset } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, oneOf, textOf, trimSpace } from "../../vocabulary/text.ts";
import { since, until } from "../../vocabulary/versions.ts";
import { fieldPath } from "./field-path.ts";
import { has, items } from "./schema-tree.ts";

const unsupported = "in a custom resource schema";

const nonEmptyForbidden: Check = (value, at) => {
  if (!isUnset(value) && !(isObject(value) && Object.keys(value).length === 0)) at.forbidden(unsupported);
};

const notAList: Check = (value, at) => {
  if (Array.isArray(value) && value.length > 0)
    at.forbidden(`as a list ${unsupported}`, "Use one schema for all elements.");
};

const notUnique: Check = (value, at) => {
  if (value === true) at.forbidden(`${unsupported}: it would be slow`, "Use x-kubernetes-list-type: set.");
};

const onlyTrue: Check = (value, at) => {
  if (value === false) at.invalid("is false; it must be true or absent", "Remove it.");
};

/** A schema describes either an object with properties or a map with additional ones. */
const objectOrMap = onObject((schema, at) => {
  const others = schema.additionalProperties;
  if (Object.keys(objectAt(schema, "properties") ?? {}).length === 0 || (others !== false && !isObject(others))) return;
  at.under("additionalProperties", () => at.forbidden("together with properties", "Remove one of the two."));
});

/** A list type requires the type array, and a map type the type object. */
function ofType(field: string, type: string): Check {
  return onObject((schema, at) => {
    if (!has(schema, field) || schema.type === type) return;
    at.under("type", () => {
      if (isUnset(schema.type)) at.required(`with ${field}; it must be ${type}`, `Set it to ${type}.`);
      else at.invalid(`is ${at.show(schema.type)}; it must be ${type} with ${field}`, `Set it to ${type}.`);
    });
  });
}

/** The elements of a set must be atomic. */
const atomicElements = onObject((schema, at) => {
  const element = items(schema);
  if (schema["x-kubernetes-list-type"] !== "set" || schema.type !== "array" || element === undefined) return;
  const [kind, isWrong] =
    element.type === "array"
      ? ["list", has(element, "x-kubernetes-list-type") && element["x-kubernetes-list-type"] !== "atomic"]
      : ["map", element.type === "object" && element["x-kubernetes-map-type"] !== "atomic"];
  const refuse = () => at.invalid("must be atomic for the elements of a set", "Set it to atomic.");
  if (isWrong) at.beneath(["items", `x-kubernetes-${kind}-type`], refuse);
});

/** The elements of a list map are objects, identified by scalar fields that are always present. */
const listMap = onObject((schema, at) => {
  const [listType, keys] = [schema["x-kubernetes-list-type"], listAt(schema, "x-kubernetes-list-map-keys")];
  if (keys.length > 0 && listType !== "map") {
    at.under("x-kubernetes-list-type", () => {
      if (!has(schema, "x-kubernetes-list-type")) at.required("with x-kubernetes-list-map-keys");
      else at.invalid(`is ${at.show(listType)}; it must be map with x-kubernetes-list-map-keys`, "Set it to map.");
    });
  }
  if (listType !== "map") return;
  if (keys.length === 0)
    at.under("x-kubernetes-list-map-keys", () => at.required("when x-kubernetes-list-type is map"));
  const element = items(schema);
  if (element === undefined) {
    at.under("items", () => at.required("when x-kubernetes-list-type is map"));
  } else if (element.type !== "object") {
    at.beneath(["items", "type"], () =>
      at.invalid("must be object for the elements of a list map", "Set it to object."),
    );
  }
});

const mapKeys = onObject((schema, at) => {
  const element = items(schema);
  if (schema["x-kubernetes-list-type"] !== "map" || element === undefined) return;
  const keys = listAt(schema, "x-kubernetes-list-map-keys").map(textOf);
  const fields = objectAt(element, "properties") ?? {};
  const atKeys = (says: string, help: string) => at.under("x-kubernetes-list-map-keys", () => at.invalid(says, help));
  if (element.type === "object") {
    if (keys.some((key) => !Object.hasOwn(fields, key)))
      atKeys("has a key that is not a property", "Use properties of the elements.");
    if (new Set(keys).size < keys.length) atKeys("has a key twice", "Remove the duplicate.");
  }
  for (const key of new Set(keys)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (isObject(field)) at.beneath(["items", "properties", key], () => keyField(key, field, element)(field, at));
  }
});

function keyField(key: string, field: JsonObject, element: JsonObject): Check {
  return (_value, at) => {
    if (element.type === "object" && (field.type === "array" || field.type === "object"))
      at.under("type", () => at.invalid(`is ${field.type}; a key must be a scalar`, "Choose another key."));
    if (!listAt(element, "required").includes(key) && !has(field, "default"))
      at.under("default", () =>
        at.required("for a key that is not required", "Add a default, or make the key required."),
      );
    if (field.nullable === true) at.under("nullable", () => at.forbidden("for a key"));
  };
}

const elementsNotNullable = onObject((schema, at) => {
  const type = textOf(schema["x-kubernetes-list-type"]);
  if ((type === "set" || type === "map") && items(schema)?.nullable === true)
    at.beneath(["items", "nullable"], () => at.forbidden(`for the elements of a ${type}`));
});

/** The formats that the API server validates, without dashes. */
const textFormats = new Set(
  "bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime".split(
    " ",
  ),
);

const formatsOf: Readonly<Record<string, readonly string[]>> = {
  integer: ["int32", "int64"],
  number: ["float", "double"],
};

const isKnown = (format: string, further: readonly string[] = []) =>
  textFormats.has(format.replaceAll("-", "")) || further.includes(format);

/** Unknown formats are ignored, with a warning since 1.34. That version knows only string formats, for any type. */
const unknownFormat: Check = (value, at) => {
  if (typeof value !== "string" || value === "") return;
  const type = textOf(at.parent.type);
  const isOfBoth = value === "int-or-string" && at.parent["x-kubernetes-int-or-string"] !== true;
  const isText = type === "string" || (type === "" && at.parent["x-kubernetes-int-or-string"] !== true);
  const ofType = isText ? "Use pattern instead." : "Remove the format.";
  const help = isOfBoth ? "Use x-kubernetes-int-or-string: true instead, without type and format." : ofType;
  const warn = () => at.warn(`is ${at.show(value)}, which is unknown and ignored`, help);
  const known = type === "" || type === "string" ? isKnown(value, kubernetesNames) : formatsOf[type]?.includes(value);
  if (!isKnown(value)) within("1.34", "1.34", warn, at);
  if (known !== true) within("1.35", "1.37", warn, at);
};

/** Formats that exist since 1.34, although only later versions know them here. */
const kubernetesNames = ["k8s-short-name", "k8s-long-name"];

function within(first: string, last: string, check: () => void, at: Place): void {
  at.within(since(first) & until(last), check);
}

const breaks = /[\n\r]/;
const isBlank = (value: Json | undefined) => textOf(value) !== "" && trimSpace(textOf(value)) === "";

/** Checks the texts of a rule before it is compiled. */
const ruleText = onObject(({ rule, message, messageExpression, fieldPath: path }, at) => {
  const trimmed = trimSpace(textOf(rule));
  if (trimmed === "") at.under("rule", () => at.required());
  else if (isBlank(message)) at.under("message", () => at.invalid("is blank", "Remove it, or add a message."));
  else if (breaks.test(trimSpace(textOf(message))))
    at.under("message", () => at.invalid("has a line break", "Put it on one line."));
  else if (breaks.test(trimmed) && textOf(message) === "")
    at.under("message", () => at.required("when the rule has line breaks", "Add a message."));
  if (isBlank(messageExpression))
    at.under("messageExpression", () => at.say("Required", "is blank", "Remove it, or add an expression."));
  if (isBlank(path)) at.under("fieldPath", () => at.invalid("is blank", "Remove it."));
  if (breaks.test(textOf(path))) at.under("fieldPath", () => at.invalid("has a line break", "Remove it."));
});

const fieldPaths = onObject((schema, at) => {
  listAt(schema, "x-kubernetes-validations").forEach((rule, index) => {
    const path = isObject(rule) ? textOf(rule.fieldPath) : "";
    if (path === "" || fieldPath(path, schema) !== undefined) return;
    at.beneath(["x-kubernetes-validations", index, "fieldPath"], () =>
      at.invalid(`is ${at.show(path)}, which is not the path of a property`, "Use a path such as .spec.replicas."),
    );
  });
});

/**
 * The demands on a schema at any place (`ValidateCustomResourceDefinitionOpenAPISchema`). Those that depend on its place
 * are in crd-structural.ts.
 */
export const crdSchema: TypeDemands = {
  "apiextensions.v1.JSONSchemaProps": [
    objectOrMap,
    ofType("x-kubernetes-map-type", "object"),
    ofType("x-kubernetes-list-type", "array"),
    atomicElements,
    listMap,
    mapKeys,
    elementsNotNullable,
    fieldPaths,
    {
      format: unknownFormat,
      type: oneOf("array", "boolean", "integer", "number", "object", "string"),
      id: nonEmptyForbidden,
      $ref: absent(unsupported),
      additionalItems: absent(unsupported),
      definitions: nonEmptyForbidden,
      dependencies: absent(unsupported),
      patternProperties: nonEmptyForbidden,
      items: notAList,
      uniqueItems: notUnique,
      "x-kubernetes-preserve-unknown-fields": onlyTrue,
      "x-kubernetes-map-type": exactlyOneWordOf("atomic", "granular"),
      "x-kubernetes-list-type": exactlyOneWordOf("atomic", "set", "map"),
    },
  ],
  "apiextensions.v1.ValidationRule": [
    ruleText,
    {
      reason: exactlyOneWordOf("FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid", "FieldValueDuplicate"),
    },
  ],
};
