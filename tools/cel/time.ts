import { Fault } from "./fault.ts";
import { Duration, Timestamp } from "./values.ts";

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const second = 1_000_000_000n;

/**
 * A duration.
 *
 * @throws Fault if its nanoseconds do not fit into 64 bits.
 */
export function durationOf(nanoseconds: bigint): Duration {
  if (nanoseconds !== BigInt.asIntN(64, nanoseconds)) throw new Fault("integer overflow");
  return new Duration(nanoseconds);
}

/** Parses a duration as Go does (`1h30m`, `-1.5s`, `0`); undefined if it is invalid. */
export function parseDuration(text: string): Duration | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return new Duration(0n);
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = units[unit] ?? 0n;
    total += BigInt(whole || 0) * scale + (BigInt(fraction || 0) * scale) / 10n ** BigInt(fraction.length);
  }
  const nanoseconds = sign === "-" ? -total : total;
  return nanoseconds === BigInt.asIntN(64, nanoseconds) ? new Duration(nanoseconds) : undefined;
}

/** A duration in seconds (`5400s`), with the precision of a double. */
export function durationText({ nanoseconds }: Duration): string {
  const seconds = Number(nanoseconds / second) + Number(nanoseconds % second) / 1e9;
  const text = String(seconds);
  return `${text.includes("e") ? seconds.toFixed(9) : text}s`;
}

/** The years 1 to 9999, in seconds since 1970. */
const [earliest, latest] = [-62_135_596_800n, 253_402_300_799n];

/**
 * The same time.
 *
 * @throws Fault if it is out of the range of the language.
 */
export function inRange(time: Timestamp): Timestamp {
  const seconds = floorDivide(time.nanoseconds, second);
  if (seconds < earliest || seconds > latest) throw new Fault("timestamp overflow");
  return time;
}

/**
 * RFC 3339 in Go's `time.Parse`, which accepts one-digit hours, a comma, and offsets of 24 hours and 60 minutes, too.
 */
const rfc3339 = /^(\d{4}-\d\d-\d\d)T(\d\d?)(:\d\d:\d\d)(?:[.,](\d+))?(?:Z|([+-])([01]\d|2[0-4]):([0-5]\d|60))$/;

/** Parses an RFC 3339 time; undefined if it is invalid. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const [, day = "", hour = "", rest = "", fraction = "", sign = "", hours = 0, minutes = 0] = rfc3339.exec(text) ?? [];
  const milliseconds = Date.parse(`${day}T${hour.padStart(2, "0")}${rest}Z`);
  if (Number.isNaN(milliseconds) || Number(hour) > 23 || !isDay(day)) return undefined;
  const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60 : 60);
  const local = BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
  return new Timestamp(local - BigInt(ahead) * second, ahead);
}

/** Whether the month of a date has that day. */
function isDay(time: string): boolean {
  const [year = 0, month = 0, day = 0] = time.slice(0, 10).split("-").map(Number);
  return day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** A time in RFC 3339 format, in its own time zone. */
export function timestampText({ nanoseconds, ahead }: Timestamp): string {
  const milliseconds = Number(floorDivide(nanoseconds, 1_000_000n)) + ahead * 1000;
  const fraction = (((nanoseconds % second) + second) % second).toString().padStart(9, "0").replace(/0+$/, "");
  const time = new Date(milliseconds).toISOString().replace(/\.\d+Z$/, fraction && `.${fraction}`);
  return time + zoneText(ahead / 60);
}

function zoneText(minutes: number): string {
  if (minutes === 0) return "Z";
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

/** Divides, and rounds down. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
