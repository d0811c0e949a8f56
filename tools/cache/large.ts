import { basename, dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { digest } from "../system/snapshot.ts";
import { discard, readStored, storedFiles, writeStored } from "../system/store.ts";

/** Characters of JSON above which a value has a file of its own: whoever does not ask for it must not read it either. */
export const large = 64 * 1024;

/**
 * Values that are too large to lie among the others: a file each beside the one that names them, called like it and by the
 * digest of what is in it. One that is damaged is none.
 */
export class LargeValues {
  readonly #file: string;

  /** @param file that which names them */
  constructor(file: string) {
    this.#file = file;
  }

  /** @returns its name; undefined where it could not be written */
  add(text: string): string | undefined {
    const name = digest(text);
    return writeStored(this.#path(name), text) ? name : undefined;
  }

  /** The text of a value. */
  text(name: string): string | undefined {
    const bytes = readStored(this.#path(name));
    return bytes !== undefined && digest(bytes) === name ? bytes.toString("utf8") : undefined;
  }

  get(name: string): Json | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  /** Removes those that nobody needs. What another run has just written, and is about to name, is made again. */
  keep(needed: ReadonlySet<string>): void {
    const start = `${basename(this.#file)}.`;
    for (const { path } of storedFiles(dirname(this.#file))) {
      const name = basename(path);
      if (name.startsWith(start) && !needed.has(name.slice(start.length))) discard(path);
    }
  }

  #path(name: string): string {
    return `${this.#file}.${name}`;
  }
}
