/**
 * Limits the work of tracing a target, as YAML aliases can make a huge tree out of a small file. Without work left, the
 * findings lose their line, but keep their message.
 */
export class Work {
  #left: number;

  constructor(left = 5_000_000) {
    this.#left = left;
  }

  /** The number of steps left. */
  get left(): number {
    return this.#left;
  }

  /**
   * Counts steps.
   *
   * @throws RangeError if no steps are left.
   */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new RangeError("too much work to trace");
  }
}
