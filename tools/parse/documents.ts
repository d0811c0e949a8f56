import { YAMLException } from "js-yaml";
import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { conflictHelp, conflictIn, conflictMessage, hasMarker } from "./conflict.ts";
import { construct, type Fault, Faulty } from "./construct.ts";
import { maxDepth, newWork, readEvents, type Work } from "./events.ts";
import { refusedByGo } from "./refused.ts";
import { readRegular } from "./regular.ts";
import { type Chunk, splitDocuments } from "./split.ts";
import { Places } from "./text.ts";

/** A document that is not empty. */
export interface Document {
  /** 0-based, counting all documents of the text, including empty ones. */
  readonly index: number;
  readonly value: Json;
}

interface Parsed {
  readonly documents: readonly Document[];
  readonly problems: readonly LocatedProblem[];
}

/** The most characters that may start a node in one document; this limits the memory that a document takes. */
export const maxNodes = 1_500_000;

/**
 * Reads YAML or JSON as kubectl does. A document that does not parse is a problem, but does not hide the others. Each
 * repeated key is a problem, and its last value counts.
 *
 * @param file the path to report in the problems, relative to the working directory; `-` is standard input.
 */
export function parseDocuments(text: string, file: string): Parsed {
  const documents: Document[] = [];
  const problems = new Set<LocatedProblem>();
  const places = new Places(text);
  const work = newWork();
  const conflict = once((all: Places) => conflictOf(text, all, file));
  for (const chunk of splitDocuments(text)) {
    const faults = readChunk(chunk, documents, work);
    const torn = faults.some(isSyntax) && hasMarker(chunk.text) ? conflict(places) : undefined;
    if (torn !== undefined) problems.add(torn);
    else for (const fault of faults) problems.add(problemOf(places, file, chunk, fault));
  }
  return { documents, problems: [...problems] };
}

const isSyntax = ({ rule }: Fault) => rule === "schema/parse-error";

/** The problem if a text that does not parse has an unresolved conflict: what the parser says is about its markers. */
function conflictOf(text: string, places: Places, file: string): LocatedProblem | undefined {
  const offset = conflictIn(text);
  if (offset === undefined) return undefined;
  const message = `not valid YAML: ${conflictMessage}`;
  return { rule: "schema/parse-error", pointer: "", message, help: conflictHelp, file, ...places.at(offset) };
}

function readChunk(chunk: Chunk, documents: Document[], work: Work): readonly Fault[] {
  if (isBlank(chunk.text)) return [];
  try {
    guardSize(chunk.text);
    const regular = readRegular(chunk.text);
    if (regular !== undefined) {
      documents.push({ index: chunk.index, value: regular });
      return [];
    }
    const read = readEvents(chunk.text, work);
    const refused = refusedByGo(chunk.text, read);
    if (refused !== undefined) return [refused];
    const { value, faults } = construct(read.text, read.events);
    if (value !== undefined && value !== null) documents.push({ index: chunk.index, value });
    return faults.map((fault) => ({ ...fault, offset: read.original(fault.offset) }));
  } catch (error) {
    return [faultOf(error)];
  }
}

/** Templates print many empty documents, which are not worth a parser. */
function isBlank(text: string): boolean {
  return text.length < 1000 && /^(?:---)?(?:\s|#[^\n]*\n)*(?:\.\.\.\s*)?$/.test(text);
}

/** js-yaml holds every event of a document in memory, about 150 bytes each. */
function guardSize(text: string): void {
  if (text.length <= maxNodes) return;
  let nodes = 0;
  for (const _ of text.matchAll(/[\n,[{]/g)) {
    if (++nodes > maxNodes) throw new Faulty(`the document has more than ${maxNodes} values; split it`, 0);
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof Faulty) return error.fault;
  if (!(error instanceof YAMLException)) throw error;
  const message = /nesting exceeded/.test(error.reason) ? `it nests more than ${maxDepth} levels deep` : error.reason;
  return { rule: "schema/parse-error", message, offset: error.mark?.position ?? 0 };
}

function problemOf(places: Places, file: string, chunk: Chunk, fault: Fault): LocatedProblem {
  const position = places.at(chunk.offset + fault.offset);
  if (fault.rule !== "schema/parse-error") {
    const { rule, message, help } = fault;
    return { rule, pointer: "", message, ...(help && { help }), file, ...position };
  }
  const message = `not valid YAML: ${fault.message}`;
  const help = isTemplate(chunk.text, fault.offset) ? { help: asTemplate } : {};
  return { rule: fault.rule, pointer: "", message, ...help, file, ...position };
}

const asTemplate =
  "It looks like a template: render it to a file first, and check that file. Quote a value that is meant to contain {{.";

/** Whether the line of a fault, or the line before it, contains a placeholder of Helm, Jinja or Mustache. */
function isTemplate(text: string, offset: number): boolean {
  const from = text.lastIndexOf("\n", text.lastIndexOf("\n", offset - 1) - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(from, end < 0 ? undefined : end).includes("{{");
}
