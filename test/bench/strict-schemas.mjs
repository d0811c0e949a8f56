// JSON Schemas of Kubernetes' kinds, made of its OpenAPI document as https://github.com/yannh/kubernetes-json-schema has them:
// strict (nothing may be there that is not known), each with all that it refers to.

/** @returns pairs of a file's name in kubeconform's layout, and the schema in it */
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

/** What takes a number as well as a text, and what takes anything. */
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
    // Draft 4 has no empty list here.
    const needed = required.length > 0 ? { required } : {};
    return { type: "object", properties: Object.fromEntries(each), additionalProperties: false, ...needed };
  }
  return {
    ...(type && { type }),
    ...(items && { items: strictly(items) }),
    ...(additionalProperties && { additionalProperties: strictly(additionalProperties) }),
  };
}

/** A null is as good as nothing. */
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
