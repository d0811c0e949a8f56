import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import { aspects } from "../system/observe.ts";
import type { Memo } from "./memo.ts";

/** Caches results that depend on the content of one file each. */
export class ByContent<T> {
  readonly #memo: Memo;
  readonly #key: string;
  readonly #find: (file: string) => T;
  readonly #known: JsonObject;
  readonly #now = new Map<string, Json>();
  #isNew = false;

  /** @param find must return JSON, and depend only on the file */
  constructor(memo: Memo, key: string, find: (file: string) => T) {
    const known = memo.get(key);
    [this.#memo, this.#key, this.#find] = [memo, key, find];
    this.#known = isObject(known) ? known : {};
  }

  /** The result for a file. @param file absolute */
  of(file: string): T {
    const content = this.#memo.snapshot.value(file, read);
    const known = Object.hasOwn(this.#known, file) ? this.#known[file] : undefined;
    if (Array.isArray(known) && known[0] === content) {
      this.#now.set(file, known);
      return known[1] as T;
    }
    const found = this.#find(file);
    if (!this.#memo.snapshot.holds(file, read)) return found;
    this.#now.set(file, [content, found as Json]);
    this.#isNew = true;
    return found;
  }

  /** Stores the results that were requested. */
  keep(): void {
    if (this.#isNew) this.#memo.put(this.#key, this.#memo.recording(), Object.fromEntries(this.#now));
  }
}

const read = aspects.kind | aspects.content;
