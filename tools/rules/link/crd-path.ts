import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { mayHave, unknownRequired } from "../lib/crd-schema.ts";

const scalePaths = ["specReplicasPath", "statusReplicasPath", "labelSelectorPath"];

/** The API server removes fields that the schema lacks, and only checks the syntax of paths. */
export const crdPath = definePolicy({
  id: "link/crd-path",
  severity: "error",
  why: "The API server removes fields that are not in the schema of a CustomResourceDefinition. If such a field is required, no object is valid; if an autoscaler should set it, nothing is scaled; and a column that shows it is empty. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
  fix: "Add the field to the schema, or correct its name.",
  match: { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  *check({ name, object }): Generator<Violation> {
    const spec = objectAt(object, "spec");
    if (spec?.preserveUnknownFields === true) return;
    for (const [index, version] of listAt(spec, "versions").entries()) {
      const schema = isObject(version) ? objectAt(objectAt(version, "schema"), "openAPIV3Schema") : undefined;
      if (!isObject(version) || schema === undefined) continue;
      const at = `/spec/versions/${index}`;
      const of = `version ${version.name} of ${name}`;
      for (const { pointer, field } of unknownRequired(schema, `${at}/schema/openAPIV3Schema`))
        yield { pointer, message: `${of} requires the field ${field}, which its schema does not have` };
      const scale = objectAt(objectAt(version, "subresources"), "scale");
      for (const field of scalePaths) {
        const path = stringAt(scale, field);
        if (path && !mayHave(schema, path))
          yield {
            pointer: `${at}/subresources/scale/${field}`,
            message: `${field} of ${of} is ${path}, which its schema does not have`,
            // Without the others, only some clients of the scale are misled.
            ...(field !== "specReplicasPath" && { severity: "warning" }),
          };
      }
      for (const [number, column] of listAt(version, "additionalPrinterColumns").entries()) {
        const path = isObject(column) ? stringAt(column, "jsonPath") : undefined;
        if (path && !mayHave(schema, path))
          yield {
            pointer: `${at}/additionalPrinterColumns/${number}/jsonPath`,
            message: `a column of ${of} shows ${path}, which its schema does not have: it stays empty`,
            severity: "warning",
          };
      }
    }
  },
});
