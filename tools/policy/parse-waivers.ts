import { demand, errorAt } from "../config/schema-errors.ts";
import { parseSettings } from "../config/settings.ts";
import validate from "./waivers.schema.json?validate";
import type { Waiver } from "./waivers.ts";

/** Parses a file of waivers. @throws UserError if the text is not a list of waivers. */
export function parseWaivers(content: string, path: string): Waiver[] {
  const value = parseSettings(content, path) ?? [];
  demand(validate, value, path, content);
  const waivers = value as unknown as Waiver[];
  waivers.forEach(({ expires }, index) => {
    if (!isDate(expires))
      throw errorAt({ pointer: `/${index}/expires`, message: `${expires} is not a date` }, path, content);
  });
  return waivers;
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
