import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { each, fieldIs, onObject, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1035Label, isSubdomain } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, present, required } from "../../vocabulary/presence.ts";
import { element, evenEmpty, format, oneOf, textOf } from "../../vocabulary/text.ts";
import { parseUrl } from "../../vocabulary/url.ts";
import { checkSchema } from "./crd-validation.ts";
import { fieldPath } from "./field-path.ts";
import { same, schemaOf } from "./schema-tree.ts";
import { understoodVersions, urlOrService } from "./webhook-client.ts";

const label = element(dns1035Label);

const kindName = format("a valid kind", "Use letters and digits, starting with a letter, such as CronTab.", (kind) =>
  dns1035Label.fits(kind.toLowerCase()),
);

const notTheKind: Check = (value, at) => {
  if (textOf(value) !== "" && value === at.parent.kind)
    at.invalid(`is ${at.show(value)}, the same as kind`, "Append List to it.");
};

/** By default, the kind of lists is the kind with List appended (`SetDefaults_CustomResourceDefinitionSpec`). */
const listKind: Check = (value, at) => {
  const kind = textOf(at.parent.kind);
  if (!isUnset(value)) kindName(value, at);
  else if (kindName.fits(kind) && !kindName.fits(`${kind}List`))
    at.invalid("defaults to the kind with List appended, which is too long", "Set it, or shorten the kind.");
};

/** A domain, so that groups of different owners do not clash. */
const group = format(
  "a DNS name with a dot",
  "Use a domain of your own, such as example.com.",
  (text) => isSubdomain(text) && text.includes("."),
);

/** A definition is named after the plural name and the group of what it defines. */
const namedByPlural = onObject(({ metadata, spec }, at) => {
  const { names, group: of } = schemaOf(spec);
  const parts = [textOf(schemaOf(names).plural), textOf(of)];
  const wanted = parts.join(".");
  const advice = parts.includes("") ? "Set both fields, and name it after them." : `Name it ${wanted}.`;
  // An update does not check the prefix (`ValidateCustomResourceDefinitionUpdate`).
  for (const field of at.isThere ? ["name"] : ["name", "generateName"]) {
    const name = textOf(schemaOf(metadata)[field]);
    const refuse = () => at.invalid(`is ${at.show(name)}; it must be <spec.names.plural>.<spec.group>`, advice);
    if (name !== "" && name !== wanted) at.beneath(["metadata", field], refuse);
  }
});

const approval = "api-approved.kubernetes.io";

/** APIs in groups of the Kubernetes community need its approval (`validateAPIApproval`). */
const approved = onObject(({ metadata, spec }, at) => {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(textOf(schemaOf(spec).group))) return;
  const annotation = textOf(objectAt(schemaOf(metadata), "annotations")?.[approval]);
  const url = parseUrl(annotation.replaceAll("#", "%23"));
  if (annotation.startsWith("unapproved") || (url !== undefined && url.scheme !== "" && url.host !== "")) return;
  at.beneath(["metadata", "annotations", approval], () => {
    const help =
      "Use a group of your own, or set it to the URL of the approval or to a reason that starts with unapproved.";
    if (annotation === "") at.required("in a group of the Kubernetes community", help);
    else at.invalid(`is ${at.show(annotation)}, which neither is a URL nor starts with unapproved`, help);
  });
});

/** Unlike in other lists, duplicate names of versions are reported at the list. */
const versions = onObject((spec, at) => {
  const all = objectsIn(spec.versions);
  const names = all.map(({ name }) => textOf(name));
  const stored = all.filter(({ storage }) => storage === true).length;
  at.enter("versions");
  if (new Set(names).size < names.length)
    at.invalid("has two versions of the same name", "Give each version its own name.");
  if (stored !== 1)
    at.invalid(`has ${stored} versions with storage: true`, "Set storage: true on exactly one version.");
  at.leave();
});

const schemaIsThere: Check = (value, at) => {
  if (objectAt(schemaOf(value), "openAPIV3Schema") === undefined)
    at.under("openAPIV3Schema", () =>
      at.required("", "Declare the fields; without a schema, all of them are dropped."),
    );
};

const deprecationWarning: Check = (value, at) => {
  if (typeof value !== "string") return;
  if (at.parent.deprecated !== true) at.invalid("is set, but deprecated is not true", "Set deprecated: true.");
  if (value === "") at.invalid("is empty", "Remove it, or add a warning.");
  if (Buffer.byteLength(value) > 256) at.invalid("is longer than 256 bytes", "Shorten it.");
  if (/[\p{C}\u2028\u2029]|(?! )[\p{Z}]/u.test(value)) at.invalid("contains unprintable characters", "Remove them.");
};

/** A path with dots, which is not looked up in the schema (`validateSimpleJSONPath`). */
const simplePath = format("a path that starts with a dot", "Use a path such as .spec.replicas.", (path) =>
  path.startsWith("."),
);

function pathUnder(...roots: string[]): Check {
  return (value, at) => {
    if (typeof value !== "string" || value === "" || roots.some((root) => value.startsWith(`.${root}.`))) return;
    at.invalid(
      `is ${at.show(value)}; it must be under ${roots.map((root) => `.${root}`).join(" or ")}`,
      `Use a path such as .${roots[0]}.replicas.`,
    );
  };
}

const columnTypes = ["integer", "number", "string", "boolean", "date"];
const columnFormats = ["int32", "int64", "float", "double", "byte", "date", "date-time", "password"];

function invalidUnless(allowed: readonly string[]): Check {
  return (value, at) => {
    if (typeof value === "string" && value !== "" && !allowed.includes(value))
      at.invalid(`is ${at.show(value)}; only ${allowed.join(", ")} are supported`, "Use one of them.");
  };
}

/** At most eight scalar fields outside of metadata (`ValidateCustomResourceSelectableFields`). */
const selectableFields: Check = (value, at) => {
  if (isUnset(value)) return;
  const schema = objectAt(objectAt(at.parent, "schema"), "openAPIV3Schema");
  const seen = new Set<string>();
  listAt({ value: value ?? null }, "value").forEach((field, index) => {
    const path = textOf(schemaOf(field).jsonPath);
    at.beneath([index, "jsonPath"], () => {
      if (path === "") at.required();
      else if (schema !== undefined) selectable(path, schema, seen, at);
    });
  });
  if (seen.size > 8) at.tooMany(seen.size, 8);
};

function selectable(path: string, schema: JsonObject, seen: Set<string>, at: Place): void {
  const found = fieldPath(path, schema, true);
  const say = (says: string, help = "Use a path such as .spec.replicas.") =>
    at.invalid(`is ${at.show(path)}, ${says}`, help);
  if (found === undefined) {
    say("which is not the path of a property in the schema");
    return;
  }
  const steps = found.steps.join(".");
  if (found.steps[0] === "metadata") say("which is in metadata");
  if (!["string", "boolean", "integer"].includes(textOf(found.schema?.type)))
    say("which is not a string, boolean or integer");
  if (seen.has(steps)) at.duplicate(path);
  seen.add(steps);
}

/**
 * If all versions have the same schema or the same selectable fields, the API server stores these once for all of them,
 * and then requires both there (`Convert_v1_CustomResourceDefinitionSpec_To_apiextensions_CustomResourceDefinitionSpec`).
 */
const selectableBesideSchemas = onObject((spec, at) => {
  const all = objectsIn(spec.versions);
  const agreeOn = (field: string) => all.every((version) => same(version[field] ?? null, all[0]?.[field] ?? null));
  if (all.length < 2 || agreeOn("schema") === agreeOn("selectableFields")) return;
  all.forEach(({ selectableFields: fields }, index) => {
    const says = "is set, but only one of schema and selectableFields is the same in all versions";
    const help = "Make the versions differ in both, or in neither.";
    if (!isUnset(fields)) at.beneath(["versions", index, "selectableFields"], () => at.invalid(says, help));
  });
});

const isWebhook = fieldIs("strategy", "Webhook");

const conversion = [
  {
    strategy: [required, oneOf("None", "Webhook")],
    webhook: when(
      isWebhook,
      [{ clientConfig: [present, urlOrService], conversionReviewVersions: understoodVersions }],
      onObject((webhook, at) => {
        for (const field of ["clientConfig", "conversionReviewVersions"]) {
          if (!isUnset(webhook[field])) at.under(field, () => at.forbidden("unless strategy is Webhook"));
        }
      }),
    ),
  },
  onObject((given, at) => {
    if (!isWebhook(given) || (given.webhook ?? undefined) !== undefined) return;
    at.under("webhook", () => at.required("when strategy is Webhook"));
  }),
];

const schemas: Check = (value: Json | undefined, at) => {
  const schema = objectAt(schemaOf(value), "openAPIV3Schema");
  const subresources = at.parent.subresources;
  const hasStatus = isObject(subresources) && (subresources.status ?? undefined) !== undefined;
  if (schema !== undefined) at.under("openAPIV3Schema", () => checkSchema(schema, hasStatus, at));
};

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export const crd: TypeDemands = {
  "apiextensions.v1.CustomResourceDefinition": [rule("apply/name", namedByPlural), approved],
  "apiextensions.v1.CustomResourceDefinitionSpec": [
    versions,
    selectableBesideSchemas,
    {
      group: [required, group],
      scope: [required, oneOf("Cluster", "Namespaced")],
      conversion,
      preserveUnknownFields: (value, at) => {
        if (value === true)
          at.invalid("is true, which is not supported", "Use x-kubernetes-preserve-unknown-fields in the schema.");
      },
    },
  ],
  "apiextensions.v1.CustomResourceDefinitionNames": rule("apply/name", {
    plural: [required, dns1035Label],
    singular: dns1035Label,
    kind: [required, kindName],
    listKind: [listKind, notTheKind],
    shortNames: each(label),
    categories: each(label),
  }),
  "apiextensions.v1.CustomResourceDefinitionVersion": {
    name: rule("apply/name", (value, at) => evenEmpty(dns1035Label)(value ?? "", at)),
    deprecationWarning,
    schema: [schemaIsThere, schemas],
    selectableFields,
  },
  "apiextensions.v1.CustomResourceSubresourceScale": {
    specReplicasPath: [required, simplePath, pathUnder("spec")],
    statusReplicasPath: [required, simplePath, pathUnder("status")],
    labelSelectorPath: [simplePath, pathUnder("status", "spec")],
  },
  "apiextensions.v1.CustomResourceColumnDefinition": {
    name: required,
    type: [required, invalidUnless(columnTypes)],
    format: invalidUnless(columnFormats),
    jsonPath: [required, simplePath],
  },
};
