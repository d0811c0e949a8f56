import { Ajv, type ValidateFunction } from "ajv";
import metaSchema from "ajv/dist/refs/json-schema-draft-07.json?validate";
import { demand } from "../config/schema-errors.ts";
import { messageOf, UserError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { policyOptions } from "./ajv-options.mjs";

let ajv: Ajv | undefined;

/**
 * Compiles a policy's JSON Schema in ajv's strict mode, in which an unknown keyword is an error.
 *
 * @param name owner of the schema for the error: `policies/labels.yaml`
 * @throws UserError if the schema is invalid.
 */
export function compile(schema: JsonObject, name: string): ValidateFunction {
  demand(metaSchema, schema, `${name}: the schema is not usable`);
  ajv ??= new Ajv({ ...policyOptions, code: { optimize: false } });
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new UserError(`${name}: the schema is not usable: ${messageOf(error)}`, { cause: error });
  }
}
