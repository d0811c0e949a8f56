import { json } from "./json.ts";
import { pretty } from "./pretty.ts";
import type { Reporter } from "./report.ts";

/**
 * The output formats by name. The help text and the error for an unknown format list these keys. Rare formats are
 * loaded only when they are used.
 */
export const reporters = {
  pretty: async () => pretty,
  json: async () => json,
  sarif: async () => (await import("./sarif.ts")).sarif,
  junit: async () => (await import("./junit.ts")).junit,
  github: async () => (await import("./github.ts")).github,
  tap: async () => (await import("./tap.ts")).tap,
  markdown: async () => (await import("./markdown.ts")).markdown,
  html: async () => (await import("./html.ts")).html,
} satisfies Record<string, () => Promise<Reporter>>;

export type Format = keyof typeof reporters;
