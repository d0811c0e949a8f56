import { load, YAMLException } from "js-yaml";
import { UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { conflictIn, conflictMessage } from "../parse/conflict.ts";

/**
 * Parses a settings file (configuration, waivers, policies): one YAML 1.2 document, or JSON.
 *
 * @returns null if the file is empty or has only comments
 * @throws UserError with file, line and column if it does not parse.
 */
export function parseSettings(text: string, path: string): Json {
  if (text.split("\n").every((line) => /^\s*(?:#|$)/.test(line))) return null;
  try {
    return (load(text) ?? null) as Json;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const conflict = conflictIn(text);
    if (conflict !== undefined) {
      const line = text.slice(0, conflict).split("\n").length;
      throw new UserError(`${path}:${line}:1: not valid YAML: ${conflictMessage}`, { cause: error });
    }
    const where = error.mark ? `:${error.mark.line + 1}:${error.mark.column + 1}` : "";
    throw new UserError(`${path}${where}: not valid YAML: ${error.reason}`, { cause: error });
  }
}
