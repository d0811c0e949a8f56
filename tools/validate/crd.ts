import type { Problem } from "../core/finding.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Check, Place } from "../vocabulary/place.ts";
import { allVersions } from "../vocabulary/versions.ts";
import { withoutStatus } from "./crd-status.ts";
import { rootType, type SchemaPlace } from "./crd-types.ts";
import { checkRules, hasRules } from "./custom-rules.ts";
import { defaulted } from "./defaults.ts";
import { generatedName } from "./demands/names.ts";
import { deprecationOf } from "./deprecation.ts";
import { misfit } from "./misfit.ts";
import { checkScale } from "./scale.ts";
import type { Kind } from "./shape.ts";
import { checkTransitions } from "./transitions.ts";

/**
 * The kinds that a CustomResourceDefinition defines, one for each version it serves. A malformed definition results in
 * less strict kinds, never in an error: the definition itself is checked elsewhere.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function typesOfCrd(crd: JsonObject): Kind[] {
  const spec = objectAt(crd, "spec");
  const [group, names] = [stringAt(spec, "group"), objectAt(spec, "names")];
  const kind = stringAt(names, "kind");
  if (spec === undefined || group === undefined || kind === undefined) return [];
  const scope = spec.scope === "Cluster" ? "cluster" : "namespaced";
  return listAt(spec, "versions").flatMap((version) => {
    const name = isObject(version) && version.served === true ? stringAt(version, "name") : undefined;
    if (!isObject(version) || name === undefined) return [];
    const full = objectAt(objectAt(version, "schema"), "openAPIV3Schema") ?? anything;
    const subresources = objectAt(version, "subresources");
    const drops = objectAt(subresources, "status") !== undefined;
    const schema = drops ? withoutStatus(full) : full;
    const validated: Validated = drops ? withoutStatusOf : (object) => object;
    const place = { schema, name: kind };
    const type = rootType(place, objectCheck(place, validated, objectAt(subresources, "scale")));
    const transition = transitionOf(place, validated);
    const apiVersion = `${group}/${name}`;
    const stored = (object: JsonObject) => defaulted(validated(object), schema) as JsonObject;
    const deprecation = deprecationOf(version, spec);
    return [
      {
        apiVersion,
        kind,
        type,
        scope,
        isBuiltIn: false,
        versions: allVersions,
        off: false,
        transition,
        stored,
        deprecation,
      },
    ];
  });
}

/** Returns the part of an object that is validated: without what the API server drops. */
type Validated = (object: JsonObject) => JsonObject;

/** The schema of a version without one: it accepts everything. */
const anything: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** The checks of the whole object: metadata, dropped fields, scale, and the CEL rules if nothing else is wrong. */
function objectCheck({ schema }: SchemaPlace, validated: Validated, scale: JsonObject | undefined): Check {
  let rules: boolean | undefined;
  return (value, at) => {
    if (!isObject(value)) return;
    restrictMetadata(value, schema, at);
    const stored = validated(value);
    for (const field of listAt(schema, "required")) {
      const isDropped = typeof field === "string" && Object.hasOwn(value, field) && !Object.hasOwn(stored, field);
      if (isDropped) at.under(field, () => at.report("Required", dropped(at), undefined, "schema/required"));
    }
    if (scale !== undefined) checkScale(stored, scale, at);
    rules ??= hasRules(schema);
    if (!rules || at.problems.some(isError)) return;
    checkRules(stored, schema, at);
  };
}

const dropped = (at: Place) => `${at.name()} is required, but the API server drops it: no object is valid`;

function withoutStatusOf({ status: _, ...others }: JsonObject): JsonObject {
  return others;
}

function transitionOf({ schema }: SchemaPlace, validated: Validated): NonNullable<Kind["transition"]> {
  return (old, next, at) => checkTransitions(validated(old), validated(next), schema, at);
}

const isError = ({ rule }: Problem) => rule !== "apply/warning" && rule !== "api/deprecated";

/** Metadata with a generated name if only generateName is given. */
function withName(metadata: JsonObject): JsonObject {
  const prefix = stringAt(metadata, "generateName") ?? "";
  return stringAt(metadata, "name") || prefix === "" ? metadata : { ...metadata, name: generatedName(prefix) };
}

/** Checks metadata against the schema, in addition to the checks of all metadata. */
function restrictMetadata(object: JsonObject, schema: JsonObject, at: Place): void {
  const restriction = objectAt(objectAt(schema, "properties"), "metadata");
  const metadata = objectAt(object, "metadata");
  const wrong = restriction && metadata && misfit(withName(metadata), restriction, true);
  if (wrong === undefined) return;
  const say = () => at.report("Invalid", `${at.name()} ${wrong.says}`, undefined, "schema/value");
  at.beneath(["metadata", ...wrong.path], say);
}
