import type { DiffReporter } from "./format.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";

/**
 * Every output format by name; the help text and the error for an unknown format list these keys. Rarely used formats are
 * loaded on demand.
 */
export const diffReporters = {
  pretty: async () => pretty,
  json: async () => json,
  markdown: async () => (await import("./markdown.ts")).markdown,
  diff: async () => (await import("./unified.ts")).unified,
} satisfies Record<string, () => Promise<DiffReporter>>;
