import { dirname, join } from "node:path";
import { exists, readText } from "../config/files.ts";
import { packageFolder } from "../system/packages.ts";

/** An interface in kubernetes-models, with the documentation of the Kubernetes API. */
export interface Declaration {
  readonly doc: string;
  readonly properties: ReadonlyMap<string, Property>;
  /** The files that declare the interfaces used here, by interface name. */
  readonly imports: ReadonlyMap<string, string>;
}

/** One property of a declared interface. */
export interface Property {
  /** The TypeScript type. */
  readonly type: string;
  readonly required: boolean;
  readonly doc: string;
}

const known = new Map<string, Declaration>();

/** The interface in a file, which has the same name as the file. A missing file declares nothing. */
export function declarationIn(file: string): Declaration {
  const read = known.get(file) ?? parse(file);
  known.set(file, read);
  return read;
}

/** The files are generated, so a few patterns cover all their forms. */
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
  const [scope = "", name = "", ...path] = from.split("/");
  const folder = packageFolder(`${scope}/${name}`);
  return folder === undefined ? "" : `${join(folder, ...path)}.d.ts`;
}

function prose(comment: string): string {
  return comment.replace(/^\s*\* ?/gm, "").trim();
}
