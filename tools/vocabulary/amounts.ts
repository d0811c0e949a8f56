import { wholeOf } from "./go-quantity.ts";
import type { Check } from "./place.ts";
import { quantityOf } from "./quantity.ts";

// Checks on single quantities. The API server reads null in a map of quantities as 0.

/** More than 0 (`ValidatePositiveQuantityValue`). */
export const positiveAmount: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity <= 0n) {
    at.invalid(`is ${at.show(value ?? 0)}; it must be more than 0`, "Set an amount such as 1Gi.");
  }
};

/** 0 or more (`ValidateNonnegativeQuantity`). */
export const nonNegativeAmount: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity < 0n)
    at.invalid(`is ${at.show(value)}; it must not be negative`, "Set it to 0 or more.");
};

/** A larger value than 64 bits may wrap around and turn negative (`validateBasicResource`). */
export const countable: Check = (value, at) => {
  const quantity = quantityOf(value ?? 0);
  if (quantity !== undefined && quantity > 0n && wholeOf(value) < 0n) {
    at.invalid(`is ${at.show(value)}, which does not fit into 64 bits`, "Set a smaller amount.");
  }
};
