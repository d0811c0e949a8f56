import { demand } from "../config/schema-errors.ts";
import { parseSettings } from "../config/settings.ts";
import type { Contract } from "../core/contract.ts";
import validate from "./contracts.schema.json?validate";

/** Parses a file of contracts. @throws UserError if the text is not a list of contracts. */
export function parseContracts(content: string, path: string): Contract[] {
  const value = parseSettings(content, path) ?? [];
  demand(validate, value, path, content);
  return value as unknown as Contract[];
}
