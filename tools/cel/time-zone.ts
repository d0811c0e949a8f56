import { timeZone } from "../vocabulary/time-zones.ts";
import { Fault, Unsupported } from "./fault.ts";

/**
 * The offset of a time zone from UTC, in milliseconds; `timeZone` in github.com/google/cel-go/common/types/timestamp.go
 *
 * @param zone an offset (`-02:30`), or a name in the IANA database.
 * @param time in milliseconds since 1970.
 * @throws Fault if the zone does not exist.
 * @throws Unsupported if only the API server knows the zone, or Node does not.
 */
export function zoneOffset(zone: string, time: number): number {
  if (zone === "UTC" || zone === "") return 0;
  const [, sign, hours, minutes] = /^([+-]?)(\d+):(\d+)$/.exec(zone) ?? [];
  if (hours !== undefined) return (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60_000 : 60_000);
  if (zone === "Local") throw new Unsupported("the time zone of the API server");
  if (!timeZone.fits(zone)) throw new Fault(`unknown time zone ${zone}`);
  return localTime(zone, time) - Math.floor(time / 1000) * 1000;
}

/** The local time in a zone, as if it were UTC. */
function localTime(zone: string, time: number): number {
  try {
    const shown = new Intl.DateTimeFormat("en-US", { timeZone: zone, ...clock }).formatToParts(time);
    const part = (type: string) => Number(shown.find((one) => one.type === type)?.value);
    const date = new Date(0);
    date.setUTCFullYear(part("year"), part("month") - 1, part("day"));
    return date.setUTCHours(part("hour"), part("minute"), part("second"));
  } catch (error) {
    if (error instanceof RangeError) throw new Unsupported(`the time zone ${zone}`);
    throw error;
  }
}

const clock = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;
