// biome-ignore lint/style/noRestrictedImports: it loads a library that only computes.
import { createRequire } from "node:module";
import type { RE2JS } from "re2js";

/** Its tables of Unicode take 10 ms to load, and most runs meet no pattern: it waits for the first, outside the bundle. */
let engine: typeof RE2JS | undefined;

function load(): typeof RE2JS {
  engine ??= (createRequire(import.meta.url)("re2js") as { RE2JS: typeof RE2JS }).RE2JS;
  return engine;
}

/** Patterns recur: in rules that hold for many resources, and in schemas. */
const known = new Map<string, RE2JS | undefined>();

/** Compiles a pattern of RE2, as Go has it, which takes linear time whatever it is; undefined when it is none. */
export function compileRegex(pattern: string): RE2JS | undefined {
  if (known.has(pattern)) return known.get(pattern);
  const compiled = tried(pattern) ?? tried(withoutNames(pattern));
  if (known.size < 10_000) known.set(pattern, compiled);
  return compiled;
}

function tried(pattern: string): RE2JS | undefined {
  try {
    return load().compile(pattern);
  } catch {
    return undefined;
  }
}

/** What is quoted, escaped or in brackets, closed or not, and the beginning of a group with a name. */
const parts = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*(?:\]|\\?$)|\(\?P?<\w+>/g;

/** In Go, several groups may have the same name. */
function withoutNames(pattern: string): string {
  return pattern.replace(parts, (part) => (/^\(\?/.test(part) ? "(" : part));
}

export function isRegex(pattern: string): boolean {
  return compileRegex(pattern) !== undefined;
}

/** Whether the pattern fits some part of the text; undefined when it is no pattern. */
export function matchesRegex(text: string, pattern: string): boolean | undefined {
  return compileRegex(pattern)?.matcher(text).find();
}

/** The parts of the text that fit the pattern, from left to right. */
export function findAllRegex(text: string, pattern: string, limit = Number.POSITIVE_INFINITY): string[] | undefined {
  const matcher = compileRegex(pattern)?.matcher(text);
  if (matcher === undefined) return undefined;
  const found: string[] = [];
  while (found.length < limit && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}
