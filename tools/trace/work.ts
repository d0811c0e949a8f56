/**
 * Bounds what tracing one target may cost. YAML aliases make a small file stand for a huge tree; when the work is
 * used up, the findings keep their message and lose their line.
 */
export class Work {
  #left: number;

  constructor(left = 5_000_000) {
    this.#left = left;
  }

  /** Steps that may still be taken. */
  get left(): number {
    return this.#left;
  }

  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new RangeError("too much work to trace");
  }
}
