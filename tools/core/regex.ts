// biome-ignore lint/style/noRestrictedImports: it loads a library that only computes.
import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { remember } from "./remember.ts";

/** Loaded on first use, from outside the bundle: its Unicode tables take 10 ms to load, and most runs need no pattern. */
let engine: typeof RE2JS | undefined;

function load(): typeof RE2JS {
  engine ??= (createRequire(import.meta.url)("re2js") as { RE2JS: typeof RE2JS }).RE2JS;
  return engine;
}

/** Compiles a pattern in the RE2 syntax of Go, which matches in linear time; undefined if the pattern is invalid. */
const compileRegex = remember((pattern) => tryCompile(pattern) ?? tryCompile(withoutNames(pattern)));

function tryCompile(pattern: string): RE2JS | undefined {
  // Outside the try: a missing library must not make every pattern invalid.
  const re2 = load();
  try {
    return re2.compile(pattern);
  } catch {
    return undefined;
  }
}

/** Quoted, escaped and bracketed parts, closed or not, and the start of a named group. */
const parts = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*(?:\]|\\?$)|\(\?P?<\w+>/g;

/** Removes group names: in Go, several groups may have the same name. */
function withoutNames(pattern: string): string {
  return pattern.replace(parts, (part) => (/^\(\?/.test(part) ? "(" : part));
}

/** Whether a pattern is valid in RE2. */
export function isRegex(pattern: string): boolean {
  return compileRegex(pattern) !== undefined;
}

/** Whether the pattern matches some part of the text; undefined if the pattern is invalid. */
export function matchesRegex(text: string, pattern: string): boolean | undefined {
  return compileRegex(pattern)?.matcher(text).find();
}

/** The parts of the text that match the pattern, from left to right; undefined if the pattern is invalid. */
export function findAllRegex(text: string, pattern: string, limit = Number.POSITIVE_INFINITY): string[] | undefined {
  const matcher = compileRegex(pattern)?.matcher(text);
  if (matcher === undefined) return undefined;
  const found: string[] = [];
  while (found.length < limit && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}
