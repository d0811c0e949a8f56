import type { Json } from "../core/json.ts";
import { remember } from "../core/remember.ts";
import { trimSpace } from "./text.ts";

/**
 * A parsed quantity in units of 10⁻⁹, rounded away from zero like in the API server. Quantities with a binary suffix
 * are capped at 2⁶³−1.
 */
export type Quantity = bigint;

export const nano = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * nano;

/** The power of each suffix: of 10 for decimal suffixes, of 2 for binary ones. */
export const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
export const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** The API server reads a quantity without digits, such as `Gi`, as 0 (but see {@link isNothing}). */
export const syntax = /^([+-]?)(\d*\.?\d*)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/**
 * Parses a quantity like `resource.ParseQuantity`; undefined if it is malformed.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const parseQuantity = remember(parse);

/** The quantity in a field, which may be a string or a number; undefined if it is absent or malformed. */
export function quantityOf(value: Json | undefined): Quantity | undefined {
  if (typeof value === "string") return parseQuantity(trimSpace(value));
  return typeof value === "number" || typeof value === "bigint" ? parseQuantity(String(value)) : undefined;
}

/** Whether a quantity has no fraction. */
function isWhole(quantity: Quantity): boolean {
  return quantity % nano === 0n;
}

/** The quantity in thousandths, rounded up (`Quantity.MilliValue`). */
export function thousandths(quantity: Quantity): bigint {
  const step = nano / 1000n;
  return quantity > 0n ? (quantity + step - 1n) / step : quantity / step;
}

/** Converts a whole number to a quantity. */
export function units(count: number | bigint): Quantity {
  return BigInt(count) * nano;
}

/** A quantity as people write it: bytes with a binary suffix if one fits, fractions in thousandths. */
export function writtenQuantity(quantity: Quantity, isBytes: boolean): string {
  if (!isWhole(quantity)) return `${thousandths(quantity)}m`;
  const count = quantity / nano;
  const fits = Object.entries(binary).filter(([, power]) => count !== 0n && count % (1n << BigInt(power)) === 0n);
  const [suffix, power] = (isBytes && fits.at(-1)) || ["", 0];
  return `${count >> BigInt(power)}${suffix}`;
}

function parse(text: string): Quantity | undefined {
  if (text === "" || text.length > 256) return undefined;
  const match = syntax.exec(text);
  if (match === null) return undefined;
  const [, sign, amount = "", suffix = "", exponent] = match;
  if (isNothing(amount, suffix, exponent)) return undefined;
  const magnitude = scale(amount, suffix, exponent);
  if (magnitude === undefined) return undefined;
  const capped = suffix in binary && magnitude > largest ? largest : magnitude;
  return sign === "-" ? -capped : capped;
}

/** A quantity without digits is not read if even one digit would need a decimal of any length. */
function isNothing(amount: string, suffix: string, exponent = "0"): boolean {
  return !/\d/.test(amount) && (suffix === "Pi" || suffix === "Ei" || Number(exponent) < -9);
}

function scale(amount: string, suffix: string, exponent: string | undefined): Quantity | undefined {
  const [whole = "", fraction = ""] = amount.split(".");
  const digits = BigInt(whole + fraction);
  const power = exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent);
  if (Math.abs(power) > 400) return power > 0 && digits > 0n ? largest : 0n;
  const shift = binary[suffix];
  const scaled = shift === undefined ? digits : digits << BigInt(shift);
  return timesPowerOfTen(scaled, power + 9 - fraction.length);
}

function timesPowerOfTen(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}
