import type { Json } from "../core/json.ts";
import { trimSpace } from "./text.ts";

/**
 * A parsed quantity in units of 10⁻⁹, rounded away from zero as the API server does. Those with a binary suffix are
 * capped at 2⁶³−1.
 */
export type Quantity = bigint;

const nano = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * nano;

/** Each suffix's power: of 10 for the decimal ones, of 2 for the binary ones. */
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Without any digit, it is 0: `Gi` is a quantity to the API server. */
const syntax = /^([+-]?)(\d*\.?\d*)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/** Manifests repeat a few quantities over and over. */
const known = new Map<string, Quantity | undefined>();

/**
 * Reads a quantity as `resource.ParseQuantity` does; undefined when it is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): Quantity | undefined {
  if (known.has(text)) return known.get(text);
  const value = parse(text);
  if (known.size < 10_000) known.set(text, value);
  return value;
}

/** The quantity that a field holds, as a string or as a number; undefined when there is none or it is malformed. */
export function quantityOf(value: Json | undefined): Quantity | undefined {
  if (typeof value === "string") return parseQuantity(trimSpace(value));
  return typeof value === "number" || typeof value === "bigint" ? parseQuantity(String(value)) : undefined;
}

/** Whether a quantity has no fraction. */
export function isWhole(quantity: Quantity): boolean {
  return quantity % nano === 0n;
}

/** The quantity as Go's 64-bit integer, rounded away from zero (`Quantity.Value`): what is larger wraps around. */
export function int64Of(quantity: Quantity): bigint {
  const remainder = quantity % nano;
  const away = remainder === 0n ? 0n : quantity < 0n ? -1n : 1n;
  return BigInt.asIntN(64, quantity / nano + away);
}

/** Whether thousandths remain, as far as Go's 64-bit integer of thousandths tells (`Quantity.MilliValue`). */
export function hasFraction(quantity: Quantity): boolean {
  return int64Of(quantity * 1000n) % 1000n !== 0n;
}

/** The same of a quantity as it is written: of one with few digits, what is too large for 64 bits counts as 0. */
export function isFractional(value: Json | undefined): boolean {
  const quantity = quantityOf(value);
  if (quantity === undefined || !hasFraction(quantity)) return false;
  return !isWhole(quantity) || !isShort(value);
}

/** Decimal, with no more digits than surely fit into 64 bits. */
function isShort(value: Json | undefined): boolean {
  const text = String(value);
  return !text.endsWith("i") && text.replace(/[eE].*|\D/g, "").length <= 18;
}

/** The quantity in thousandths, rounded up (`Quantity.MilliValue`). */
export function thousandths(quantity: Quantity): bigint {
  const step = nano / 1000n;
  return quantity > 0n ? (quantity + step - 1n) / step : quantity / step;
}

/** A whole number as a quantity. */
export function units(count: number | bigint): Quantity {
  return BigInt(count) * nano;
}

/** A quantity as people write it: of bytes with a binary suffix where one fits, of other things in thousandths where it is not whole. */
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
  const magnitude = scale(amount, suffix, exponent);
  if (magnitude === undefined) return undefined;
  const capped = suffix in binary && magnitude > largest ? largest : magnitude;
  return sign === "-" ? -capped : capped;
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
