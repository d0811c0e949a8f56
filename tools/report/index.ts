import { github } from "./github.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { pretty } from "./pretty.ts";
import type { Reporter } from "./report.ts";
import { sarif } from "./sarif.ts";
import { tap } from "./tap.ts";

/** Every output format by its name: the help text and the error for an unknown one are made of these keys. */
export const reporters = { pretty, json, sarif, junit, github, tap, markdown, html } satisfies Record<string, Reporter>;

export type Format = keyof typeof reporters;

export function isFormat(name: string): name is Format {
  return Object.hasOwn(reporters, name);
}
