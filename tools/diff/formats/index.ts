import type { DiffReporter } from "./format.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";

/**
 * Every output format by its name: the help text and the error for an unknown one are made of these keys. What is rarely
 * asked for is loaded when it is.
 */
export const diffReporters = {
  pretty: async () => pretty,
  json: async () => json,
  markdown: async () => (await import("./markdown.ts")).markdown,
  diff: async () => (await import("./unified.ts")).unified,
} satisfies Record<string, () => Promise<DiffReporter>>;
