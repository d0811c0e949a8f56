import type { Check } from "./place.ts";
import { int64Of, quantityOf } from "./quantity.ts";

// What is asked of single quantities. Null in a map of quantities is 0.

/** More than 0 (`ValidatePositiveQuantityValue`). */
export const positiveAmount: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity <= 0n) {
    at.invalid(`is ${at.show(value ?? 0)}; it must be more than 0`, "Write an amount such as 1Gi.");
  }
};

/** 0 or more (`ValidateNonnegativeQuantity`). */
export const nonNegativeAmount: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity < 0n)
    at.invalid(`is ${at.show(value)}, which is negative`, "Write 0 or more.");
};

/** Not beyond what a 64-bit integer holds, where it would turn negative (`validateBasicResource`). */
export const countable: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity > 0n && int64Of(quantity) < 0n) {
    at.invalid(`is ${at.show(value)}, more than 64 bits hold`, "Write a smaller amount.");
  }
};
