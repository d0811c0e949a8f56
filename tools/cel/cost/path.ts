/**
 * The path from a variable to a value: names of fields, `@items`, `@values`, `@keys`.
 *
 * It behaves like a Go slice, including aliasing: if there is capacity left, an appended step is written into memory
 * that is shared with other slices. cel-go's coster does not copy the paths that it appends to, so that `x.name` inside
 * `x.tags.all(…)` changes the path of `x.tags`, and thus the estimated number of iterations. The API server accepts or
 * rejects definitions accordingly.
 */
export class Path {
  static readonly none: Path = new Path([], 0, 0);
  readonly #memory: string[];
  readonly #length: number;
  readonly #room: number;

  private constructor(memory: string[], length: number, room: number) {
    this.#memory = memory;
    this.#length = length;
    this.#room = room;
  }

  static of(name: string): Path {
    return Path.none.append(name);
  }

  append(step: string): Path {
    if (this.#length < this.#room) {
      this.#memory[this.#length] = step;
      return new Path(this.#memory, this.#length + 1, this.#room);
    }
    const memory = [...this.steps, step];
    return new Path(memory, memory.length, Math.max(1, 2 * this.#room));
  }

  get steps(): readonly string[] {
    return this.#memory.slice(0, this.#length);
  }
}
