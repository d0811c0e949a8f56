import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { onObject } from "../../vocabulary/demand.ts";
import { wholeOf } from "../../vocabulary/go-quantity.ts";
import { maxItems } from "../../vocabulary/lists.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { type Quantity, quantityOf } from "../../vocabulary/quantity.ts";

// How much of the capacity of a shared device can be requested (`validateRequestPolicy`).

const help = "Use amounts that fit the capacity and the default.";

/** The capacity of the device, and the default request. */
interface Amounts {
  readonly most: Quantity;
  readonly usual: Quantity;
}

/** A capacity of a device. Only a shared device can have a request policy. */
export const capacity: Check = onObject(({ value, requestPolicy }, at) => {
  if (!isObject(requestPolicy)) return;
  const isShared = at.closest("resource.v1.Device")?.allowMultipleAllocations === true;
  at.under("requestPolicy", () => {
    if (isShared) policy(requestPolicy, quantityOf(value) ?? 0n, at);
    else at.forbidden("for a device that is not shared", "Set allowMultipleAllocations: true, or remove it.");
  });
});

function policy({ validValues, validRange, default: usual }: JsonObject, most: Quantity, at: Place): void {
  const values = Array.isArray(validValues) ? validValues : [];
  const hasValues = values.length > 0;
  if (hasValues && isObject(validRange))
    at.forbidden("to have both validValues and validRange", "Remove one of the two.");
  else if (!hasValues && !isObject(validRange)) return;
  else if (isUnset(usual) && usual !== 0) at.under("default", () => at.required("with validValues or validRange"));
  else {
    const amounts = { most, usual: quantityOf(usual) ?? 0n };
    if (hasValues) at.under("validValues", () => choices(values, amounts, at));
    else if (isObject(validRange)) {
      at.under("validRange", () => {
        range(validRange, amounts, at);
        steps(validRange, usual, most, at);
      });
    }
  }
}

/** Amounts in ascending order, which include the default. */
function choices(list: Json[], { most, usual }: Amounts, at: Place): void {
  const amounts = list.map((value) => quantityOf(value) ?? 0n);
  maxItems(10)(list, at);
  amounts.forEach((amount, index) => {
    const before = amounts[index - 1];
    const twin = list.findIndex((other) => wholeOf(other) === wholeOf(list[index]));
    at.under(index, () => {
      if (before !== undefined && before > amount) at.invalid("is less than the previous value", "Sort the values.");
      if (amount > most) at.invalid(`is ${at.show(list[index])}, which exceeds the capacity`, help);
      if (twin < index) at.duplicate(list[index]);
    });
  });
  if (!amounts.includes(usual)) at.invalid("does not include the default", "Add the default to the values.");
}

/** A range of amounts, with an optional maximum and step. */
function range(limits: JsonObject, { most, usual }: Amounts, at: Place): void {
  const min = quantityOf(limits.min ?? undefined);
  const max = quantityOf(limits.max ?? undefined);
  const say = (field: string, says: string) => at.under(field, () => at.invalid(says, help));
  if (min === undefined) {
    at.under("min", () => at.required());
    return;
  }
  if (min > most) say("min", "exceeds the capacity");
  if (usual < min) say("min", "is more than the default");
  if (max !== undefined) {
    if (min > max) say("max", "is less than min");
    if (max > most) say("max", "exceeds the capacity");
    if (usual > max) say("max", "is less than the default");
  }
}

/** The steps from min must reach the default and max (`validateRequestPolicyRangeStep`). */
function steps({ min, max, step }: JsonObject, usual: Json | undefined, most: Quantity, at: Place): void {
  const [least, wide] = [quantityOf(min), quantityOf(step)];
  if (least === undefined || wide === undefined) return;
  const ends = isUnset(max) && max !== 0 ? [usual] : [usual, max];
  at.enter("step");
  if (least + wide > most) at.invalid("exceeds the capacity when added to min", help);
  if (wholeOf(step) === 0n) at.invalid("is 0", "Set a step above 0.");
  else if (ends.some((end) => (wholeOf(end) - wholeOf(min)) % wholeOf(step) !== 0n)) {
    at.invalid(
      "does not reach both the default and max from min",
      "Use a step that divides the distances from min to both.",
    );
  }
  at.leave();
}
