import { basename, dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { digest } from "../system/snapshot.ts";
import { discard, readStored, storedFiles, writeStored } from "../system/store.ts";

/**
 * Values with more characters of JSON are stored in separate files, so that they are read only when they are needed.
 */
export const mostInline = 64 * 1024;

/**
 * Values that are too large to be stored with the others: one file each, next to the file that references them, named
 * after it and the digest of the content. Damaged files are ignored.
 */
export class LargeValues {
  readonly #file: string;

  /** @param file the file that references the values */
  constructor(file: string) {
    this.#file = file;
  }

  /** Stores a value. @returns its name; undefined if it could not be written */
  add(text: string): string | undefined {
    const name = digest(text);
    return writeStored(this.#path(name), text) ? name : undefined;
  }

  /** The text of a value; undefined if it is missing or damaged. */
  text(name: string): string | undefined {
    const bytes = readStored(this.#path(name));
    return bytes !== undefined && digest(bytes) === name ? bytes.toString("utf8") : undefined;
  }

  /** A value, parsed as JSON; undefined if it is missing or damaged. */
  get(name: string): Json | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  /**
   * Removes unused values, possibly including one that another run is about to reference; it will be computed again.
   */
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
