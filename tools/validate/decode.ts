import type { Json } from "../core/json.ts";
import { parseDuration } from "../vocabulary/duration.ts";
import { parseQuantity } from "../vocabulary/quantity.ts";
import { trimSpace } from "../vocabulary/text.ts";
import type { Scalar } from "./shape.ts";

/**
 * Whether the API server's strict decoder (sigs.k8s.io/json into the Go types) accepts a value for a field of this
 * type. Null is never passed: every built-in field accepts it as absent.
 */
export function decodes(is: Scalar, value: Json): boolean {
  switch (is) {
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int32":
      return Number.isInteger(value) && (value as number) <= 0x7fffffff && (value as number) >= -0x80000000;
    case "int64":
      return isInt64(value);
    case "float64":
      return typeof value === "number" || typeof value === "bigint";
    case "quantity":
      return isQuantity(value);
    case "int64str":
      return typeof value === "string" || isInt64(value);
    case "intstr":
      return typeof value === "string" || decodes("int32", value);
    case "time":
      return typeof value === "string" && isTime(value);
    case "microtime":
      return typeof value === "string" && isTime(value) && /[.,]\d{6}[-+Z]/.test(value);
    case "duration":
      return typeof value === "string" && parseDuration(value) !== undefined;
    case "bytes":
      return typeof value === "string" && isBase64(value);
  }
}

/** The name of each type, for "expected …". */
export const typeWords: Readonly<Record<Scalar, string>> = {
  string: "a string",
  bool: "true or false",
  int32: "a 32-bit integer",
  int64: "a whole number",
  float64: "a number",
  quantity: 'a quantity such as 500m, 1.5 or "128Mi"',
  int64str: "a whole number or a string",
  intstr: "a whole number or a string",
  time: 'a time such as "2026-01-31T12:00:00Z" (RFC 3339)',
  microtime: 'a time with microseconds such as "2026-01-31T12:00:00.000000Z"',
  duration: 'a duration such as "1h30m"',
  bytes: "base64",
};

function isInt64(value: Json): boolean {
  if (typeof value === "bigint") return value === BigInt.asIntN(64, value);
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 63;
}

function isQuantity(value: Json): boolean {
  if (typeof value === "number" || typeof value === "bigint") return true;
  return typeof value === "string" && parseQuantity(trimSpace(value)) !== undefined;
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** Whether Go's `time.Parse(time.RFC3339, …)` accepts the text, including the number of days in the month. */
export function isTime(text: string): boolean {
  const parts = rfc3339.exec(text);
  if (parts === null) return false;
  const numbers = parts.slice(1).map((part) => Number(part ?? 0));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ...offset] = numbers;
  const [offsetHours = 0, offsetMinutes = 0] = offset;
  const days = month >= 1 && month <= 12 ? new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate() : 0;
  const isDate = day >= 1 && day <= days;
  // Some people write offsets of 24 hours or 60 minutes, so Go accepts them.
  return isDate && hour < 24 && minute < 60 && second < 60 && offsetHours <= 24 && offsetMinutes <= 60;
}

/** Whether the text is base64 with the standard alphabet and padding; like Go's decoder, ignores line breaks. */
export function isBase64(text: string): boolean {
  const plain = text.includes("\n") || text.includes("\r") ? text.replace(/[\r\n]/g, "") : text;
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}
