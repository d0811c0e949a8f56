import { UserError } from "../core/errors.ts";
import type { Args } from "./command.ts";

/** The value of a flag; undefined if it is not given. @throws UserError unless it is a whole number in this range */
export function wholeNumber(args: Args, flag: string, from = 0, to = 999_999): number | undefined {
  const text = args.string(flag);
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new UserError(`--${flag} must be a whole number from ${from} to ${to}, not "${text}"`);
}
