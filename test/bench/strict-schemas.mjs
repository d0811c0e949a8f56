// JSON Schemas of the Kubernetes kinds from its OpenAPI document, as in https://github.com/yannh/kubernetes-json-schema: strict
// (no unknown fields), each with everything that it refers to.

/** @returns pairs of a file name in kubeconform's layout, and the schema in the file. */
export function strictSchemas({ definitions }) {
  const strict = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, strictly(schema, name)]),
  );
  return Object.entries(definitions).flatMap(([name, schema]) =>
    (schema["x-kubernetes-group-version-kind"] ?? []).map((kind) => [
      fileOf(kind),
      { $ref: `#/definitions/${name}`, definitions: reached(name, strict) },
    ]),
  );
}

function fileOf({ group, version, kind }) {
  const first = group.split(".")[0];
  return `${[kind, ...(first ? [first] : []), version].join("-").toLowerCase()}.json`;
}

/** Types that accept numbers as well as strings. */
const special = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { type: ["string", "number"] },
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { type: ["string", "integer"] },
};

function strictly(schema, name) {
  if (special[name]) return special[name];
  const { properties, items, additionalProperties, required = [], type, $ref, format } = schema;
  if ($ref) return { $ref };
  if (format === "int-or-string") return { type: ["string", "integer"] };
  if (properties) {
    const each = Object.entries(properties).map(([key, value]) => [
      key,
      orNull(strictly(value), required.includes(key)),
    ]);
    // Draft 4 does not allow an empty list here.
    const needed = required.length > 0 ? { required } : {};
    return { type: "object", properties: Object.fromEntries(each), additionalProperties: false, ...needed };
  }
  return {
    ...(type && { type }),
    ...(items && { items: strictly(items) }),
    ...(additionalProperties && { additionalProperties: strictly(additionalProperties) }),
  };
}

/** An optional field may be null. */
function orNull(schema, isRequired) {
  return isRequired ? schema : { anyOf: [schema, { type: "null" }] };
}

function reached(name, all) {
  const found = {};
  const visit = (one) => {
    if (found[one]) return;
    found[one] = all[one];
    for (const [, next] of JSON.stringify(all[one]).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(next);
  };
  visit(name);
  return found;
}
