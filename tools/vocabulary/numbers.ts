import type { Json } from "../core/json.ts";
import { isPortName } from "./names.ts";
import { type Check, ofGiven } from "./place.ts";

/** A number between two others, both included. Absent is not looked at. */
export function range(least: number, most: number): Check {
  return ofGiven((value, at) => {
    if (isNumber(value) && (value < least || value > most)) {
      at.invalid(`is ${at.show(value)}, not between ${least} and ${most}`, `Use a number from ${least} to ${most}.`);
    }
  });
}

/** A number of at least so much. */
export function min(least: number): Check {
  return ofGiven((value, at) => {
    if (isNumber(value) && value < least)
      at.invalid(`is ${at.show(value)}; the least is ${least}`, `Use ${least} or more.`);
  });
}

/** Of a number that is no pointer in Go: absent, it is 0, and is looked at. */
export function absentIsZero(check: Check): Check {
  return (value, at) => check(value ?? 0, at);
}

/** 0 or more. */
export const nonNegative: Check = min(0);

/** 1 or more. */
export const positive: Check = min(1);

/** The number of a port. */
export const portNumber: Check = range(1, 65535);

/** A port by its number, or by the name that a container gives it. */
export const portNumberOrName: Check = ofGiven((value, at) => {
  if (typeof value === "string") {
    if (!isPortName(value)) at.invalid(`is ${at.show(value)}, which is no port's name`, portHelp(value));
  } else portNumber(value, at);
});

function portHelp(value: string): string {
  if (/^\d+$/.test(value)) return `Write ${value} without quotes if a port's number is meant.`;
  return "Use at most 15 lower-case letters, digits and single -, at least one letter; or a number.";
}

/** The mode bits of a file, in decimal or octal. */
export const fileMode: Check = ofGiven((value, at) => {
  if (isNumber(value) && (value < 0 || value > 0o777)) {
    at.invalid(`is ${at.show(value)}, not between 0 and 0777 (511)`, "Use an octal number from 0 to 0777.");
  }
});

export function isNumber(value: Json | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
