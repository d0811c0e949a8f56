import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists, readText } from "../config/files.ts";

/** An interface of kubernetes-models: the words of the Kubernetes API itself. */
export interface Declaration {
  readonly doc: string;
  readonly properties: ReadonlyMap<string, Property>;
  /** Files in which the interfaces that this one names are declared, by their name. */
  readonly imports: ReadonlyMap<string, string>;
}

/** One property of a declared interface. */
export interface Property {
  /** As TypeScript has it. */
  readonly type: string;
  readonly required: boolean;
  readonly doc: string;
}

const known = new Map<string, Declaration>();

/** The interface of a file, which has the file's name. A file that is not there declares nothing. */
export function declarationIn(file: string): Declaration {
  const read = known.get(file) ?? parse(file);
  known.set(file, read);
  return read;
}

/** They are generated, so that a few patterns know all their forms. */
function parse(file: string): Declaration {
  const text = file !== "" && exists(file) ? readText(file) : "";
  const block = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n)?export interface I${nameOf(file)} (?:extends [^{]*)?\\{\\n([^]*?)\\n\\}`,
  ).exec(text);
  const properties = new Map<string, Property>();
  const line = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?^ {4}"([^"]+)"(\??): ((?:[^;{]|\{[^}]*\})*);$/gm;
  for (const [, doc = "", property = "", optional, type = ""] of (block?.[2] ?? "").matchAll(line)) {
    properties.set(property, { type: type.replace(/\s+/g, " "), required: optional === "", doc: prose(doc) });
  }
  const imports = new Map<string, string>();
  for (const [, names = "", from = ""] of text.matchAll(/^import \{ ([^}]*) \} from "([^"]+)";$/gm)) {
    for (const one of names.split(", ")) imports.set(one, locate(from, file));
  }
  return { doc: prose(block?.[1] ?? ""), properties, imports };
}

function nameOf(file: string): string {
  return file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1).replace(/\.d\.ts$/, "");
}

function locate(from: string, file: string): string {
  if (from.startsWith(".")) return join(dirname(file), from.replace(/\.js$/, ".d.ts"));
  try {
    return fileURLToPath(import.meta.resolve(from)).replace(/\.m?js$/, ".d.ts");
  } catch {
    return "";
  }
}

function prose(comment: string): string {
  return comment.replace(/^\s*\* ?/gm, "").trim();
}
