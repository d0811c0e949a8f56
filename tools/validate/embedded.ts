import { isObject, type JsonObject, objectAt } from "../core/json.ts";
import { checkOf, each } from "../vocabulary/demand.ts";
import { dns1035Label, dns1123Label, pathSegment } from "../vocabulary/names.ts";
import { nonNegative } from "../vocabulary/numbers.ts";
import type { Check, Place } from "../vocabulary/place.ts";
import { isUnset } from "../vocabulary/presence.ts";
import { format, maxLength, textOf } from "../vocabulary/text.ts";
import { allVersions } from "../vocabulary/versions.ts";
import { defaulted } from "./defaults.ts";
import { finalizers, ownerReferences } from "./demands/object.ts";
import { misfit } from "./misfit.ts";
import kubernetes from "./types/kubernetes.json" with { type: "json" };
import { type TypeFile, TypeTable } from "./types.ts";
import { walk } from "./walk.ts";

const operation: Check = (value, at) => {
  if (value !== "Apply" && value !== "Update")
    at.invalid(value === undefined ? "is missing" : `is ${at.show(value)}`, "Set it to Apply or Update.");
};

const fieldsType: Check = (value, at) => {
  if (!isUnset(value) && value !== "FieldsV1") at.invalid(`is ${at.show(value)}`, "Set it to FieldsV1.");
};

const printable = format("printable text", "Remove other characters.", (text) => /^(?:[^\p{C}\p{Z}]| )*$/u.test(text));

const metadata = checkOf({
  name: pathSegment,
  generateName: pathSegment,
  namespace: dns1123Label,
  generation: nonNegative,
  ownerReferences,
  finalizers,
  // `ValidateManagedFields`
  managedFields: each({ operation, fieldsType, manager: [maxLength(128), printable], subresource: maxLength(256) }),
});

/** The types of metadata without checks. */
const types = new TypeTable(kubernetes as unknown as TypeFile, {
  of: () => undefined,
  enforcementOf: () => ({ enforced: allVersions, dropped: false }),
});

/** Metadata is decoded separately, and its unknown fields are dropped (`GetObjectMeta`). */
export const decodedMetadata: Check = (value, at) => {
  if (!isObject(value) || value.metadata === undefined) return;
  const { metadata: given } = value;
  const outer = at.lenient;
  at.lenient = true;
  at.under("metadata", () =>
    walk(given, { is: "type", nullable: true, type: types.typeNamed("meta.v1.ObjectMeta") }, at),
  );
  at.lenient = outer;
};

/** The check of an object inside a custom resource (`validateEmbeddedResource`). */
export function embedded(schema: JsonObject): Check {
  const restriction = objectAt(objectAt(schema, "properties"), "metadata");
  return (value, at) => {
    if (!isObject(value)) return;
    at.under("apiVersion", () => version(value.apiVersion, at));
    at.under("kind", () => kind(value.kind, at));
    const given = objectAt(value, "metadata");
    if (given === undefined) return;
    at.under("metadata", () => {
      metadata(given, at);
      const wrong = restriction && misfit(defaulted(given, restriction), restriction, true);
      if (wrong !== undefined) at.beneath(wrong.path, () => at.say("Invalid", wrong.says));
    });
  };
}

function version(value: unknown, at: Place): void {
  if (typeof value !== "string") return;
  if (value === "") at.invalid("is empty", "Set the API version of the object.");
  else if (value.split("/").length > 2)
    at.invalid(`is ${at.show(value)}, which is not an API version`, "Use the form group/version.");
}

function kind(value: unknown, at: Place): void {
  if (typeof value !== "string") return;
  if (value === "") at.invalid("is empty", "Set the kind of the object.");
  else if (!dns1035Label.fits(textOf(value).toLowerCase()))
    at.invalid(`is ${at.show(value)}, which is not a kind`, "Use a kind such as Pod.");
}
