import { json } from "./json.ts";
import { type PrettyOptions, pretty } from "./pretty.ts";
import type { Report } from "./report.ts";

export type Reporter = (report: Report, options: PrettyOptions) => string;

/** Every output format by its name: the help text and the error for an unknown one are made of these keys. */
export const reporters = { pretty, json } satisfies Record<string, Reporter>;

export type Format = keyof typeof reporters;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(reporters, name);
}
