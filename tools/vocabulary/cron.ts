import { parseDuration } from "./duration.ts";
import { fieldsOf } from "./text.ts";

// Schedules of CronJobs, read like github.com/robfig/cron/v3, the parser of the API server.

interface Bounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const fields: readonly Bounds[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, words: months },
  { name: "day of the week", least: 0, most: 6, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const named = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** What is wrong with a schedule, as a clause: `hour "24" is not between 0 and 23`; undefined if it is valid. */
export function cronFault(schedule: string): string | undefined {
  if (schedule.startsWith("@")) return descriptorFault(schedule);
  const parts = fieldsOf(schedule);
  if (parts.length !== fields.length)
    return `it has ${parts.length === 1 ? "1 field" : `${parts.length} fields`} instead of 5`;
  for (const [index, bounds] of fields.entries()) {
    for (const range of (parts[index] ?? "").split(",").filter(Boolean)) {
      const fault = rangeFault(range, bounds);
      if (fault !== undefined) return `${bounds.name} ${JSON.stringify(range)} ${fault}`;
    }
  }
  return undefined;
}

function descriptorFault(text: string): string | undefined {
  if (named.includes(text)) return undefined;
  if (!text.startsWith("@every ")) return `it is not one of ${named.join(", ")} and @every`;
  return parseDuration(text.slice("@every ".length)) === undefined ? "@every is not followed by a duration" : undefined;
}

function rangeFault(range: string, { least, most, words }: Bounds): string | undefined {
  const [span = "", step, ...more] = range.split("/");
  const [low = "", high, ...others] = span.split("-");
  if (more.length > 0) return "has two slashes";
  const every = step === undefined ? 1 : numberIn(step);
  if (every === undefined || every === 0) return "has a step that is not a number above 0";
  if (low === "*" || low === "?") return undefined;
  if (others.length > 0) return "has two hyphens";
  const start = numberIn(low, words, least);
  const end = high === undefined ? (step === undefined ? start : most) : numberIn(high, words, least);
  if (start === undefined || end === undefined) return "is not a number";
  if (start < least || end > most) return `is not between ${least} and ${most}`;
  return start > end ? "ends before it starts" : undefined;
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a valid schedule has no date: `0 0 31 2 *`. */
export function isNever(schedule: string): boolean {
  const parts = fieldsOf(schedule);
  const [, , day = "", month = "", weekday = ""] = parts;
  // With a weekday, one of the two is enough.
  if (schedule.startsWith("@") || parts.length !== fields.length || !/^[*?]$/.test(weekday)) return false;
  const [first = 0] = numbersIn(day, fields[2]);
  return numbersIn(month, fields[3]).every((one) => first > (longest[one - 1] ?? 0));
}

/** All numbers of a field, in ascending order. */
function numbersIn(field: string, bounds: Bounds | undefined): number[] {
  const { least = 0, most = 0, words } = bounds ?? {};
  const numbers = field
    .split(",")
    .filter(Boolean)
    .flatMap((range) => {
      const [span = "", step] = range.split("/");
      const [low = "", high] = span.split("-");
      const isAll = low === "*" || low === "?";
      const start = isAll ? least : (numberIn(low, words, least) ?? least);
      const end = high !== undefined ? numberIn(high, words, least) : isAll || step !== undefined ? most : start;
      const size = Number(step ?? 1);
      return Array.from(
        { length: Math.floor(((end ?? start) - start) / size) + 1 },
        (_, index) => start + index * size,
      );
    });
  return numbers.sort((a, b) => a - b);
}

function numberIn(text: string, words?: readonly string[], least = 0): number | undefined {
  const index = words?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return index + least;
  return /^\+?\d+$/.test(text) && Number(text) < 2 ** 63 ? Number(text) : undefined;
}
