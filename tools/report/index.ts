import { json } from "./json.ts";
import { pretty } from "./pretty.ts";
import type { Reporter } from "./report.ts";

/**
 * Every output format by its name: the help text and the error for an unknown one are made of these keys. What is rarely
 * asked for is loaded when it is.
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
