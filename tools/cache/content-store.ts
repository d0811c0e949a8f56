import { dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { digest } from "../system/snapshot.ts";
import { appendLines, readLines, trim, writeStored } from "../system/store.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues, mostInline } from "./large-values.ts";

/** In bytes; smaller files are not worth compacting. */
const small = 16 * 1024 * 1024;

/** Maximum number of new characters to keep in memory; thousands of targets produce many. */
const enough = 2 * 1024 * 1024;

/**
 * Stores rarely needed values by the digests of their content: one line each, appended by any run, or a separate file
 * for large values. Damaged or truncated lines are ignored.
 */
export class ContentStore {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  readonly #fresh = new Map<string, string>();
  #known: Map<string, string> | undefined;
  /** Number of characters added since the last write. */
  #size = 0;
  /** Size of the file after the last write. */
  #bytes = 0;
  /** What this run has appended, to estimate the average length of a line. */
  readonly #written = { lines: 0, characters: 0 };
  /** Whether a value was stored in a separate file. */
  #hasLarge = false;

  /** @param file undefined if nothing is to be kept after this run. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#large = file === undefined ? undefined : new LargeValues(file);
  }

  /** Adds a value; integers that only fit into 64 bits become floating-point numbers. @returns its name */
  add(value: Json): string {
    const text = JSON.stringify(value, (_, one: Json) => (typeof one === "bigint" ? Number(one) : one));
    const name = digest(text);
    if (this.#fresh.has(name)) return name;
    this.#fresh.set(name, text);
    this.#size += text.length;
    if (this.#size > enough && this.#file !== undefined) this.#flush(this.#file);
    return name;
  }

  /** A value by its name; undefined if it is missing or damaged. */
  get(name: string): Json | undefined {
    const text = this.#fresh.get(name) ?? this.#read().get(name) ?? this.#large?.text(name);
    return text === undefined || digest(text) !== name ? undefined : (JSON.parse(text) as Json);
  }

  /** Appends new values; if that fails, they stay in memory. */
  #flush(file: string): void {
    const isApart = (text: string) => text.length > mostInline && this.#large?.add(text) !== undefined;
    const lines = Array.from(this.#fresh).filter(([, text]) => !isApart(text));
    this.#hasLarge ||= lines.length < this.#fresh.size;
    const bytes = lines.length === 0 ? this.#bytes : appendLines(file, lines.map(lineOf));
    this.#size = 0;
    if (bytes === undefined) return;
    this.#bytes = bytes;
    this.#written.lines += lines.length;
    for (const [, text] of lines) this.#written.characters += text.length;
    this.#fresh.clear();
    // The lines that were read before do not include the new ones.
    this.#known = undefined;
  }

  /** Writes new values. @param needed names of values to keep; the others are removed once there are many */
  save(needed: () => ReadonlySet<string>): void {
    if (this.#file === undefined) return;
    if (this.#fresh.size > 0) this.#flush(this.#file);
    if (this.#hasLarge) this.#large?.keep(needed());
    if (this.#bytes > small) this.#tidy(this.#file, needed());
  }

  /** Compacting a large file takes memory and time, so only if more than half of it is probably unused. */
  #tidy(file: string, needed: ReadonlySet<string>): void {
    const { lines, characters } = this.#written;
    if (this.#bytes > 2 * needed.size * (characters / Math.max(1, lines))) this.#compact(file, this.#bytes, needed);
  }

  #compact(file: string, size: number, needed: ReadonlySet<string>): void {
    const kept = [...this.#read()].filter(([name, text]) => needed.has(name) && text.length <= mostInline);
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
