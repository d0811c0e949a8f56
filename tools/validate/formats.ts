import { wordyDuration } from "../cel/schema-values.ts";
import { own } from "../core/json.ts";
import { parseDuration } from "../vocabulary/duration.ts";
import { isMailAddress } from "../vocabulary/mail.ts";
import { parseCidr, parseIp } from "../vocabulary/network.ts";
import { parseUrl } from "../vocabulary/url.ts";
import { isUuid, uuidOf } from "../vocabulary/uuid.ts";
import { isTime } from "./decode.ts";

/**
 * The formats that an API server checks in custom resources (kube-openapi's strfmt); it ignores others.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  datetime: isDateTime,
  date: isDate,
  duration: isDuration,
  byte: (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/.test(text),
  uri: isRequestUri,
  email: isMailAddress,
  hostname: isHostname,
  ipv4: (text) => parseIp(text) !== undefined && text.includes("."),
  ipv6: (text) => parseIp(text)?.length === 16,
  cidr: (text) => parseCidr(text) !== undefined,
  mac: isMac,
  uuid: isUuid,
  uuid3: (text) => uuidOf("3", "[0-9a-f]").test(text),
  uuid4: (text) => uuidOf("4", "[89ab]").test(text),
  uuid5: (text) => uuidOf("5", "[89ab]").test(text),
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  rgbcolor: isRgb,
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  password: () => true,
  k8sshortname: (text) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text),
  k8slongname: (text) =>
    text.length <= 253 && text.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part)),
};

/**
 * Whether text matches a format; true for formats that are not checked. Hyphens in the name of a format are ignored.
 */
export function isFormat(format: string, text: string): boolean {
  return own(formats, format.replaceAll("-", ""))?.(text) ?? true;
}

/** Whether an API server checks this format. */
export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(formats, format.replaceAll("-", ""));
}

/** `1h30m`, or text that contains a number and a unit in words: `5 minutes`. */
function isDuration(text: string): boolean {
  return parseDuration(text) !== undefined || wordyDuration(text) !== undefined;
}

/** Whether Go's `url.ParseRequestURI` accepts the text. */
function isRequestUri(text: string): boolean {
  const url = parseUrl(text.replaceAll("#", "%23"));
  return text === "*" || (url !== undefined && (url.scheme !== "" || text.startsWith("/")));
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && isTime(`${text}T00:00:00Z`);
}

/** A date, a T in either case, and a time up to the next T (`IsDateTime`). */
function isDateTime(text: string): boolean {
  const [date = "", time = ""] = text.toLowerCase().split("t");
  const [, hours = "", minutes = "", seconds = ""] =
    /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/u.exec(time) ?? [];
  return isDate(date) && hours !== "" && hours <= "23" && minutes <= "59" && seconds <= "59";
}

/** The sum of all digits, each times its factor. */
function weighed(digits: string, factorAt: (index: number) => number): number {
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * factorAt(index), 0);
}

const withoutSigns = (text: string) => text.replace(/[\t\n\f\r -]+/g, "");

function isIsbn10(text: string): boolean {
  const number = withoutSigns(text);
  const last = number.endsWith("X") ? 10 : Number(number.at(-1));
  return /^\d{9}[\dX]$/.test(number) && (weighed(number.slice(0, 9), (index) => index + 1) + 10 * last) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const number = withoutSigns(text);
  return /^\d{13}$/.test(number) && weighed(number, (index) => (index % 2 === 0 ? 1 : 3)) % 10 === 0;
}

const cards =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;

/** A number of a known issuer with a correct Luhn checksum. */
function isCreditCard(text: string): boolean {
  const number = text.replace(/\D+/g, "");
  const doubled = (digit: string) => (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2);
  const digits = [...number].reverse().map((digit, index) => (index % 2 === 0 ? Number(digit) : doubled(digit)));
  return cards.test(number) && digits.reduce((sum, digit) => sum + digit, 0) % 10 === 0;
}

const one = "[a-zA-Z0-9\\p{S}\\p{L}]";
const single = new RegExp(`^${one}(-?${one}{0,62})?$`, "u");
const several = new RegExp(`^(?:${one}(?:[a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}${one})?\\.)+[a-zA-Z\\p{L}]{2,63}$`, "u");

/** One label, or several of which the last has only letters; letters of any alphabet are allowed. */
function isHostname(text: string): boolean {
  if (Buffer.byteLength(text) > 255 || text.split(".").some((part) => Buffer.byteLength(part) > 63)) return false;
  return single.test(text) || several.test(text);
}

/** Six, eight or twenty bytes, separated by colons or hyphens, in pairs by dots, or not at all (`net.ParseMAC`). */
function isMac(text: string): boolean {
  return [6, 8, 20].some((count) => {
    const pairs = [":", "-"].some((sign) =>
      new RegExp(`^([0-9a-f]{2}${sign}){${count - 1}}[0-9a-f]{2}$`, "i").test(text),
    );
    if (new RegExp(`^[0-9a-f]{${2 * count}}$`, "i").test(text)) return true;
    return pairs || new RegExp(`^([0-9a-f]{4}\\.){${count / 2 - 1}}[0-9a-f]{4}$`, "i").test(text);
  });
}

function isRgb(text: string): boolean {
  const [, ...parts] =
    /^rgb\([\t\n\f\r ]*(\d+)[\t\n\f\r ]*,[\t\n\f\r ]*(\d+)[\t\n\f\r ]*,[\t\n\f\r ]*(\d+)[\t\n\f\r ]*\)$/.exec(text) ??
    [];
  return parts.length === 3 && parts.every((part) => Number(part) < 256 && !/^0\d/.test(part));
}
