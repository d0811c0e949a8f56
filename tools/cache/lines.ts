import { dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { digest } from "../system/snapshot.ts";
import { appendLines, readLines, trim, writeStored } from "../system/store.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues, large } from "./large.ts";

/** Bytes, below which a file is not worth to be written anew without what nobody needs. */
const small = 16 * 1024 * 1024;

/** Characters of what is new, above which it is written at once: of thousands of targets it is a lot. */
const enough = 2 * 1024 * 1024;

/**
 * What is seldom asked for, by the digest of its content: a line each, appended by whoever has something new, or a file of its
 * own where it is large. A line that is damaged or cut off is none.
 */
export class Lines {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  readonly #fresh = new Map<string, string>();
  #known: Map<string, string> | undefined;
  /** Characters that are new since this was last written. */
  #size = 0;
  /** Of the file, once it was written. */
  #bytes = 0;
  /** What this run has appended, as a measure of what a line is. */
  readonly #written = { lines: 0, characters: 0 };
  /** Something was put into a file of its own. */
  #hasLarge = false;

  /** @param file undefined: nothing is kept beyond this run. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#large = file === undefined ? undefined : new LargeValues(file);
  }

  /** @returns its name */
  add(value: Json): string {
    const text = JSON.stringify(value);
    const name = digest(text);
    if (this.#fresh.has(name)) return name;
    this.#fresh.set(name, text);
    this.#size += text.length;
    if (this.#size > enough && this.#file !== undefined) this.#flush(this.#file);
    return name;
  }

  get(name: string): Json | undefined {
    const text = this.#fresh.get(name) ?? this.#read().get(name) ?? this.#large?.text(name);
    return text === undefined || digest(text) !== name ? undefined : (JSON.parse(text) as Json);
  }

  /** Appends what is new; what cannot be written stays here. */
  #flush(file: string): void {
    const isApart = (text: string) => text.length > large && this.#large?.add(text) !== undefined;
    const lines = Array.from(this.#fresh).filter(([, text]) => !isApart(text));
    this.#hasLarge ||= lines.length < this.#fresh.size;
    const bytes = lines.length === 0 ? this.#bytes : appendLines(file, lines.map(lineOf));
    this.#size = 0;
    if (bytes === undefined) return;
    this.#bytes = bytes;
    this.#written.lines += lines.length;
    for (const [, text] of lines) this.#written.characters += text.length;
    this.#fresh.clear();
    // What was read of the file before has none of these.
    this.#known = undefined;
  }

  /** Adds what is new. @param needed names; others go when there is a lot of them. */
  save(needed: () => ReadonlySet<string>): void {
    if (this.#file === undefined) return;
    if (this.#fresh.size > 0) this.#flush(this.#file);
    if (this.#hasLarge) this.#large?.keep(needed());
    if (this.#bytes > small) this.#tidy(this.#file, needed());
  }

  /** To look through a large file takes memory and time: not before more than half of it is likely to be needed by nobody. */
  #tidy(file: string, needed: ReadonlySet<string>): void {
    const { lines, characters } = this.#written;
    if (this.#bytes > 2 * needed.size * (characters / Math.max(1, lines))) this.#compact(file, this.#bytes, needed);
  }

  #compact(file: string, size: number, needed: ReadonlySet<string>): void {
    const kept = [...this.#read()].filter(([name, text]) => needed.has(name) && text.length <= large);
    const lines = [...new Map(kept)].map(lineOf);
    if (2 * lines.reduce((sum, line) => sum + line.length, 0) < size) writeStored(file, `${lines.join("\n")}\n`);
    trim(dirname(file), mostBytes);
  }

  #read(): Map<string, string> {
    this.#known ??= new Map(
      (this.#file === undefined ? [] : readLines(this.#file)).map((line) => {
        const space = line.indexOf(" ");
        return [line.slice(0, space), line.slice(space + 1)];
      }),
    );
    return this.#known;
  }
}

function lineOf([name, text]: readonly [string, string]): string {
  return `${name} ${text}`;
}
