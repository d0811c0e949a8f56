import { basename } from "node:path";
import { misspeltKey } from "../core/identity.ts";
import { isObject, type Json, parseJson } from "../core/json.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { parseDocuments } from "../parse/documents.ts";
import { readText } from "../parse/file.ts";
import { readStart } from "../system/disk.ts";
import { enough, isManifestFile, isNamedTemplate } from "./manifests.ts";

/**
 * Whether a file next to manifests was probably meant as one, although it does not look like one: it is YAML that does
 * not parse, or an object whose apiVersion or kind is misspelt. `kubectl apply -f`, Argo CD and Flux fail on such a file.
 *
 * @param shown relative to the working directory
 */
export function isBrokenManifest(path: string, shown: string): boolean {
  const name = basename(path);
  if (name.startsWith(".") || ofOthers.test(name) || isNamedTemplate(shown) || isManifestFile(path)) return false;
  const read = readText(path, shown);
  if ("problem" in read) return false;
  if (/\.json$/i.test(name)) return isMisspelt(parseJson(read.text));
  const { documents, problems } = parseDocuments(read.text, shown);
  const broken = problems.filter(({ rule }) => rule === "schema/parse-error");
  if (broken.length > 0) return !isTemplate(read.text, broken);
  return documents.some(({ value }) => isMisspelt(value));
}

/**
 * The same for a file with no manifests next to it, which needs more evidence: a field of a manifest begins a line.
 *
 * @param shown relative to the working directory
 */
export function isLoneBrokenManifest(path: string, shown: string): boolean {
  return fieldOfManifest.test(readStart(path, enough)) && isBrokenManifest(path, shown);
}

const fieldOfManifest = /^(?:\{.*)?["']?(?:apiVersion|kind|metadata)\b/m;

/** Names of files for other programs: chart values, Compose, lock files. */
const ofOthers = /^(?:(?:.*[-._])?values(?:[-._].*)?|(?:docker-)?compose(?:[-._].*)?|.*[-.]lock)\.ya?ml$/i;

function isMisspelt(value: Json | undefined): boolean {
  if (!isObject(value) || !isObject(value.metadata ?? null)) return false;
  return misspeltKey("apiVersion", value) !== undefined || misspeltKey("kind", value) !== undefined;
}

/** Whether the text has statements of a template language, or a placeholder where it does not parse. */
function isTemplate(text: string, broken: readonly LocatedProblem[]): boolean {
  if (statement.test(text)) return true;
  const lines = text.split("\n");
  return broken.some(({ line = 1 }) => placeholder.test(lines.slice(Math.max(line - 2, 0), line).join("\n")));
}

/** Of Go, Jinja and Mustache, of ERB, of FreeMarker, of Terraform. */
const statement = /\{\{|\{%|<%|<\/?#|%\{/;

/** `${NAME}`, `$(NAME)`, `@NAME@`, `%NAME%`, `[[ name ]]`, `<name>`. */
const placeholder = /\$[{(]|@\w+@|%\w+%|\[\[|<[\w -]+>/;
