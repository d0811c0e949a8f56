import type { Additions } from "../core/additions.ts";
import { substitute } from "../core/envsubst.ts";
import type { Problem } from "../core/finding.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import { type Resource, resourceOf } from "../core/resource.ts";
import { isLeft, switchOff } from "../core/variable.ts";
import { parseDocuments } from "../parse/documents.ts";

/** A resource as Flux applies it, and why Flux refuses to. */
interface Filled {
  readonly resource: Resource;
  readonly problems: readonly Problem[];
}

/**
 * Puts values in place of the variables of a resource, and `$` in place of `$$`. Variables without a known value stay, and
 * so do texts that Flux refuses. `SubstituteVariables` in github.com/fluxcd/pkg/kustomize
 */
export function withVariables(resource: Resource, { variables }: Additions): Filled {
  if (variables === undefined || isLeft(resource.object) || !mentions(resource.object))
    return { resource, problems: [] };
  const problems: Problem[] = [];
  const object = replaced(resource.object, "", { values: variables, problems }) as JsonObject;
  return { resource: { ...resourceOf(object), ...(resource.source && { source: resource.source }) }, problems };
}

function mentions(value: Json): boolean {
  if (typeof value === "string") return isVaried(value);
  if (Array.isArray(value)) return value.some(mentions);
  return isObject(value) && Object.entries(value).some(([key, one]) => isVaried(key) || mentions(one));
}

function isVaried(text: string): boolean {
  return text.includes("${") || text.includes("$$");
}

interface Work {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: Problem[];
}

function replaced(value: Json, pointer: string, work: Work): Json {
  if (typeof value === "string") return isVaried(value) ? replacedText(value, pointer, work) : value;
  if (Array.isArray(value)) return value.map((one, index) => replaced(one, join(pointer, index), work));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const place = join(pointer, key);
      return [isVaried(key) ? (filled(key, place, work) ?? key) : key, replaced(one, place, work)];
    }),
  );
}

function filled(text: string, pointer: string, { values, problems }: Work): string | undefined {
  const made = substitute(text, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));
  if ("text" in made) return made.text;
  const message = `Flux cannot replace ${made.expression}: ${made.fault}`;
  const help = `Escape it with a second dollar sign, or annotate the resource with ${switchOff}: disabled.`;
  problems.push({ rule: "render/failed", pointer, offset: made.offset, message, help });
  return undefined;
}

/** The value that YAML reads from a text, which may be a number: Flux replaces variables in the YAML of a resource. */
function replacedText(written: string, pointer: string, work: Work): Json {
  const text = filled(written, pointer, work) ?? written;
  if (text === written || !isPlain(written)) return text;
  const { documents, problems } = parseDocuments(`value: ${text}\n`, "");
  const [object] = documents.map(({ value }) => value);
  const value = isObject(object) ? object.value : undefined;
  if (documents.length === 1 && problems.length === 0 && value !== undefined) return value;
  const message = `${written} is no valid YAML any more with the values of its variables`;
  const help = "Quote the value within the variable, or make the expression part of a longer text in quotes.";
  work.problems.push({ rule: "render/failed", pointer, message, help });
  return written;
}

/** Whether go-yaml writes a text without quotes. `yaml_emitter_analyze_scalar` in its emitterc.go */
function isPlain(text: string): boolean {
  return !/[\n\r]|^[\s#,[\]{}&*!|>'"%@`]|\s$|:$|^(?:[-?:](?:\s|$)|---|\.\.\.)/.test(text) && !/:\s|\s#/.test(text);
}
