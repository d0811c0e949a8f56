import type { Json } from "../../core/json.ts";
import { quantityOf } from "../../validate/vocabulary/quantity.ts";

const nano = 1_000_000_000n;
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/** An amount as the API server keeps it. */
export interface Kept {
  readonly text: string;
  /** It is not the amount that was written: what is finer than a thousandth is rounded up (`SetDefaults_ResourceList`). */
  readonly rounded: boolean;
}

/** `Quantity.CanonicalizeBytes`: no fraction, and the largest suffix that allows that; undefined for what is no quantity. */
export function keptQuantity(value: Json | undefined): Kept | undefined {
  const quantity = quantityOf(value);
  if (quantity === undefined || quantity < 0n) return undefined;
  const milli = nano / 1000n;
  const rest = quantity % milli;
  const rounded = rest === 0n ? quantity : quantity - rest + milli;
  return { text: canonical(String(value).trim(), rounded), rounded: rest !== 0n };
}

function canonical(written: string, amount: bigint): string {
  if (amount === 0n) return "0";
  const exponent = /[eE][+-]?\d+$/.test(written);
  if (/i$/.test(written) && amount >= 1024n * nano) return inBinary(amount);
  const power = decimal.findLastIndex((_, index) => amount % 1000n ** BigInt(index) === 0n);
  const mantissa = amount / 1000n ** BigInt(power);
  if (!exponent) return `${mantissa}${decimal[power]}`;
  const ten = (power - 3) * 3;
  return ten === 0 ? `${mantissa}` : `${mantissa}e${ten}`;
}

/** What does not come out whole in bytes is written in decimals. */
function inBinary(amount: bigint): string {
  if (amount % nano !== 0n) return canonical("", amount);
  let mantissa = amount / nano;
  let power = -1;
  while (power < binary.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${binary[power] ?? ""}`;
}
