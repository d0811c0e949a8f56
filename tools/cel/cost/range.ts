/**
 * The minimum and maximum of a size or a cost. Values beyond 64 bits are capped; numbers of that size are not exact,
 * and need not be.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The cap of sizes and costs. */
export const most = 2 ** 64;

export const unknown: Range = { min: 0, max: most };

export const exactly = (value: number): Range => ({ min: value, max: value });

export const nothing = exactly(0);
export const one = exactly(1);

const capped = (value: number) => Math.min(value, most);

/** The sum of ranges. */
export function sum(ranges: readonly Range[]): Range {
  return ranges.reduce((a, b) => ({ min: capped(a.min + b.min), max: capped(a.max + b.max) }), nothing);
}

export const plus = (...ranges: readonly Range[]): Range => sum(ranges);

/** The product of two ranges. */
export function times(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}

/** A range multiplied by a factor, rounded up. */
export function each({ min, max }: Range, factor: number): Range {
  return { min: capped(Math.ceil(min * factor)), max: capped(Math.ceil(max * factor)) };
}

/** The smallest range that includes both. */
export function union(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
