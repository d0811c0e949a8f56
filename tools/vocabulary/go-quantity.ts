import type { Json } from "../core/json.ts";
import { remember } from "../core/remember.ts";
import { binary, decimal, nano, type Quantity, quantityOf, syntax } from "./quantity.ts";
import { trimSpace } from "./text.ts";

// How Go keeps the quantities of a manifest (k8s.io/apimachinery/pkg/api/resource): as a 64-bit integer and a power of
// ten if the digits are few, otherwise as a decimal of any length. Some demands depend on this.

/** A quantity as a 64-bit integer, rounded away from zero (`Quantity.Value`); 0 if it is absent or malformed. */
export const wholeOf = ofAmount((text) => int64Of(text, 0));

/** A quantity in thousandths as a 64-bit integer (`Quantity.MilliValue`). */
export const milliOf = ofAmount((text) => int64Of(text, 3));

/** Whether a quantity has a fraction, as far as its thousandths in 64 bits show it. */
export function isFractional(value: Json | undefined): boolean {
  return milliOf(value) % 1000n !== 0n;
}

function ofAmount(compute: (text: string) => bigint): (value: Json | undefined) => bigint {
  const remembered = remember(compute);
  return (value) => (isAmount(value) ? remembered(String(value)) : 0n);
}

function isAmount(value: Json | undefined): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

/** A quantity in units of 10^-places. What does not fit into 64 bits wraps around, or is 0. */
function int64Of(value: string, places: number): bigint {
  const [quantity, parts] = [quantityOf(value), partsOf(value)];
  if (quantity === undefined || parts === undefined) return 0n;
  const unit = 10n ** BigInt(9 - places);
  // The remainder of a negative decimal of any length is rounded up, after its units have wrapped around.
  if (quantity < 0n && !parts.isShort) return ceiling(BigInt.asIntN(64, quantity), unit);
  const whole = quantity < 0n ? -ceiling(-quantity, unit) : ceiling(quantity, unit);
  const wrapped = BigInt.asIntN(64, whole);
  return wrapped !== whole && parts.isShort && !wrapping.includes(parts.scale + places) ? 0n : wrapped;
}

/** The powers of ten by which a multiplication that overflows wraps around (`positiveScaleInt64`). */
const wrapping = [1, 2, 3, 6, 9];

/** `scaledValue`: adds 1 to the truncated quotient if there is a remainder. */
function ceiling(amount: bigint, unit: bigint): bigint {
  return amount / unit + (amount % unit === 0n ? 0n : 1n);
}

/**
 * The text of a quantity, as the API server compares it (`Quantity.String`): as it was written if that looks canonical,
 * otherwise in canonical form.
 */
export function storedText(value: Json | undefined): string {
  const [quantity, parts] = [quantityOf(value), partsOf(value)];
  if (quantity === undefined || parts === undefined || quantity === 0n) return "0";
  return parts.isShort && parts.looksCanonical ? parts.text : canonical(quantity, parts);
}

interface Parts {
  readonly text: string;
  readonly suffix: string;
  readonly exponent: string | undefined;
  /** Whether it is kept as a 64-bit integer and a power of ten, the scale. */
  readonly isShort: boolean;
  readonly scale: number;
  readonly looksCanonical: boolean;
}

/** The parts of the text of a quantity (`ParseQuantity`). */
function partsOf(value: Json | undefined): Parts | undefined {
  const text = trimSpace(String(value));
  const match = syntax.exec(text);
  if (match === null) return undefined;
  const [, , amount = "", suffix = "", exponent] = match;
  const [whole = "", fraction = ""] = amount.split(".");
  const digits = `${whole.replace(/^0+/, "") || "0"}${fraction}`;
  const power = exponent === undefined ? decimal[suffix] : Number(exponent);
  if (power !== undefined) {
    const scale = power - fraction.length;
    const isShort = digits.length <= 18 && scale >= -9;
    const looksCanonical = scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
    return { text, suffix, exponent, isShort, scale, looksCanonical };
  }
  const room = 14 - digits.length - Math.floor(((binary[suffix] ?? 0) * 3) / 10);
  const isShort = fraction === "" && room >= 0;
  return { text, suffix, exponent, isShort, scale: 0, looksCanonical: Number(digits) % 8 !== 0 };
}

/** `Quantity.CanonicalizeBytes` */
function canonical(quantity: Quantity, { suffix, exponent }: Parts): string {
  const size = quantity < 0n ? -quantity : quantity;
  if (suffix in binary && size >= 1024n * nano && size % nano === 0n) {
    const [amount, times] = withoutFactors(quantity / nano, 1024n);
    return `${amount}${["", ...Object.keys(binary)][times]}`;
  }
  let [amount, power] = withoutFactors(quantity, 10n);
  for (power -= 9; power % 3 !== 0; power--) amount *= 10n;
  if (exponent !== undefined) return power === 0 ? `${amount}` : `${amount}e${power}`;
  // A power that has no suffix is left out.
  return `${amount}${Object.keys(decimal).find((one) => decimal[one] === power) ?? ""}`;
}

function withoutFactors(amount: bigint, factor: bigint): [amount: bigint, times: number] {
  let times = 0;
  let rest = amount;
  for (; rest % factor === 0n; times++) rest /= factor;
  return [rest, times];
}
