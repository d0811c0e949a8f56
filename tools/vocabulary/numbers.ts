import type { Json } from "../core/json.ts";
import { isPortName } from "./names.ts";
import { type Check, ofGiven } from "./place.ts";

/** A number from `least` to `most`, both included. An absent one is ignored. */
export function range(least: number, most: number): Check {
  return ofGiven((value, at) => {
    if (isNumber(value) && (value < least || value > most)) {
      at.invalid(
        `is ${at.show(value)}; it must be between ${least} and ${most}`,
        `Use a number from ${least} to ${most}.`,
      );
    }
  });
}

/** A number of at least `least`. An absent one is ignored. */
export function min(least: number): Check {
  return ofGiven((value, at) => {
    if (isNumber(value) && value < least)
      at.invalid(`is ${at.show(value)}; it must be at least ${least}`, `Use ${least} or more.`);
  });
}

/** For a number that is not a pointer in Go: checks an absent one as 0. */
export function absentIsZero(check: Check): Check {
  return (value, at) => check(value ?? 0, at);
}

/** 0 or more. */
export const nonNegative: Check = min(0);

/** 1 or more. */
export const positive: Check = min(1);

/** A port number. */
export const portNumber: Check = range(1, 65535);

/** A port number, or the name of a container port. */
export const portNumberOrName: Check = ofGiven((value, at) => {
  if (typeof value === "string") {
    if (!isPortName(value)) at.invalid(`is ${at.show(value)}, which is not a valid port name`, portHelp(value));
  } else portNumber(value, at);
});

function portHelp(value: string): string {
  if (/^\d+$/.test(value)) return `Remove the quotes if you mean port number ${value}.`;
  return "Use a number, or at most 15 lowercase letters, digits and -, with at least one letter and no --.";
}

/** File mode bits, in decimal or octal. */
export const fileMode: Check = ofGiven((value, at) => {
  if (isNumber(value) && (value < 0 || value > 0o777)) {
    at.invalid(`is ${at.show(value)}; it must be between 0 and 0777 (511)`, "Use an octal number from 0 to 0777.");
  }
});

/** Whether a value is a number of any size. */
export function isNumber(value: Json | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
