import { parseQuantity, type Quantity, units } from "../../vocabulary/quantity.ts";
import { Fault } from "../fault.ts";
import type { Library } from "../signatures.ts";
import { Opaque } from "../values.ts";

/** A 64-bit integer and a power of ten. */
interface Amount {
  readonly value: bigint;
  readonly scale: number;
}

/** The value of a quantity, and how Go stores it: as an amount if it fits, otherwise as a decimal of any length. */
interface Held {
  readonly worth: Quantity;
  readonly amount: Amount | undefined;
}

const typeName = "kubernetes.Quantity";
const opaque = (held: Held) => new Opaque(typeName, held, (other) => (other as Held).worth === held.worth);
const heldBy = ({ value }: Opaque) => value as Held;
const worth = (quantity: Opaque) => heldBy(quantity).worth;
const sign = (value: bigint) => (value > 0n ? 1n : value < 0n ? -1n : 0n);

function quantity(text: string): Opaque {
  const value = parseQuantity(text);
  if (value === undefined) throw new Fault(`${JSON.stringify(text)} is not a quantity`);
  return opaque({ worth: value, amount: amountOf(text) });
}

const fits = (value: bigint) => value === BigInt.asIntN(64, value);
const powers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** `ParseQuantity` in k8s.io/apimachinery/pkg/api/resource/quantity.go: an amount if it has few digits. */
function amountOf(text: string): Amount | undefined {
  const [, minus, whole = "", fraction = "", suffix = ""] = /^(-?)\+?0*(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const digits = (whole || "0") + fraction;
  const binary = suffix.endsWith("i") ? 10 * (1 + "KMGTPE".indexOf(suffix.charAt(0))) : undefined;
  const isShort =
    binary === undefined
      ? digits.length <= 18
      : fraction === "" && 14 - digits.length - Math.trunc((binary * 3) / 10) >= 0;
  const power = powers[suffix] ?? (/^[eE]/.test(suffix) && suffix.length > 1 ? Number(suffix.slice(1)) : 0);
  const value = BigInt(`${minus}${digits}`) << BigInt(binary ?? 0);
  const scale = power - fraction.length;
  return isShort && scale >= -9 && fits(value) ? { value, scale } : undefined;
}

/** `int64Amount.Add` in k8s.io/apimachinery/pkg/api/resource/amount.go */
function sum(a: Amount | undefined, b: Amount | undefined): Amount | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (b.value === 0n) return a;
  if (a.value === 0n) return b;
  const scale = Math.min(a.scale, b.scale);
  const [x, y] = [a, b].map((one) => scaled(one, scale)) as [bigint | undefined, bigint | undefined];
  return x === undefined || y === undefined || !fits(x + y) ? undefined : { value: x + y, scale };
}

/** The integer of an amount for a smaller power of ten; undefined if it needs more than 64 bits. */
function scaled({ value, scale }: Amount, by: number): bigint | undefined {
  if (value === 0n) return value;
  const number = scale - by < 20 ? value * 10n ** BigInt(scale - by) : undefined;
  return number !== undefined && fits(number) ? number : undefined;
}

function plus(a: Opaque, b: Held): Opaque {
  return opaque({ worth: worth(a) + b.worth, amount: sum(heldBy(a).amount, b.amount) });
}

const ofInt = (value: bigint): Held => ({ worth: units(value), amount: { value, scale: 0 } });

function negated({ worth, amount }: Held): Held {
  return { worth: -worth, amount: amount && { ...amount, value: -amount.value } };
}

/** `Quantity.AsInt64`: undefined for a quantity with a fraction, even if the fraction is zero. */
function whole(quantity: Opaque): bigint | undefined {
  const { amount } = heldBy(quantity);
  return amount === undefined || amount.scale < 0 ? undefined : scaled(amount, 0);
}

function wholeNumber(quantity: Opaque): bigint {
  const value = whole(quantity);
  if (value === undefined) throw new Fault("cannot convert value to integer");
  return value;
}

function approximation(quantity: Opaque): number {
  const { worth, amount = { value: worth, scale: -9 } } = heldBy(quantity);
  return Number(amount.value) * Number(`1e${amount.scale}`);
}

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
export const quantities: Library = {
  from: "",
  functions: {
    "quantity(string) -> kubernetes.Quantity": quantity,
    "isQuantity(string) -> bool": (text: string) => parseQuantity(text) !== undefined,
    "sign(kubernetes.Quantity) -> int": (value: Opaque) => sign(worth(value)),
    [`(${typeName}).isGreaterThan(${typeName}) -> bool`]: (a: Opaque, b: Opaque) => worth(a) > worth(b),
    [`(${typeName}).isLessThan(${typeName}) -> bool`]: (a: Opaque, b: Opaque) => worth(a) < worth(b),
    [`(${typeName}).compareTo(${typeName}) -> int`]: (a: Opaque, b: Opaque) => sign(worth(a) - worth(b)),
    [`(${typeName}).asApproximateFloat() -> double`]: approximation,
    [`(${typeName}).asInteger() -> int`]: wholeNumber,
    [`(${typeName}).isInteger() -> bool`]: (value: Opaque) => whole(value) !== undefined,
    [`(${typeName}).add(${typeName}) -> ${typeName}`]: (a: Opaque, b: Opaque) => plus(a, heldBy(b)),
    [`(${typeName}).add(int) -> ${typeName}`]: (a: Opaque, b: bigint) => plus(a, ofInt(b)),
    [`(${typeName}).sub(${typeName}) -> ${typeName}`]: (a: Opaque, b: Opaque) => plus(a, negated(heldBy(b))),
    [`(${typeName}).sub(int) -> ${typeName}`]: (a: Opaque, b: bigint) => plus(a, negated(ofInt(b))),
  },
};
