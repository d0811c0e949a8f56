import { wordyDuration } from "../cel/schema-values.ts";
import { own } from "../core/json.ts";
import { parseDuration } from "../vocabulary/duration.ts";
import { parseCidr, parseIp } from "../vocabulary/network.ts";
import { parseUrl } from "../vocabulary/url.ts";
import { isBase64, isTime } from "./decode.ts";

/**
 * The formats that an API server checks in custom resources (kube-openapi's strfmt); it ignores others.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  datetime: isTime,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isTime(`${text}T00:00:00Z`),
  duration: isDuration,
  byte: (text) => text !== "" && isBase64(text),
  uri: isRequestUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => parseIp(text)?.length === 4,
  ipv6: (text) => parseIp(text)?.length === 16,
  cidr: (text) => parseCidr(text) !== undefined,
  mac: isMac,
  uuid: (text) => uuid("[0-9a-f]", "[0-9a-f]").test(text),
  uuid3: (text) => uuid("3", "[0-9a-f]").test(text),
  uuid4: (text) => uuid("4", "[89ab]").test(text),
  uuid5: (text) => uuid("5", "[89ab]").test(text),
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  rgbcolor: isRgb,
  ssn: (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  k8sshortname: (text) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text),
  k8slongname: (text) =>
    text.length <= 253 && text.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part)),
};

/** Whether text is of a format; true for formats that nobody checks. Dashes in the name of a format mean nothing. */
export function isFormat(format: string, text: string): boolean {
  return own(formats, format.replaceAll("-", ""))?.(text) ?? true;
}

export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(formats, format.replaceAll("-", ""));
}

function uuid(version: string, variant: string): RegExp {
  return new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, "i");
}

/** `1h30m`, or somewhere in the text a number and a unit in words: `5 minutes`. */
function isDuration(text: string): boolean {
  return parseDuration(text) !== undefined || wordyDuration(text) !== undefined;
}

/** What Go's `url.ParseRequestURI` takes. */
function isRequestUri(text: string): boolean {
  const url = parseUrl(text.replaceAll("#", "%23"));
  return text === "*" || (url !== undefined && (url.scheme !== "" || text.startsWith("/")));
}

/** An address of a mail, with or without a name before it. */
function isEmail(text: string): boolean {
  const address = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text.trim();
  return (
    /^("[^"\\]*"|[^\s@"(),:;<>[\\\]]+)@([^\s@"(),:;<>[\\\]]+|\[[^\]]*\])$/.test(address) &&
    !/^\.|\.\.|\.@|@\.|\.$/.test(address)
  );
}

const one = "[a-zA-Z0-9\\p{S}\\p{L}]";
const single = new RegExp(`^${one}(-?${one}{0,62})?$`, "u");
const several = new RegExp(`^(?:${one}(?:[a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}${one})?\\.)+[a-zA-Z\\p{L}]{2,63}$`, "u");

/** One name, or several between dots of which the last has only letters; letters of any alphabet. */
function isHostname(text: string): boolean {
  if (Buffer.byteLength(text) > 255 || text.split(".").some((part) => Buffer.byteLength(part) > 63)) return false;
  return single.test(text) || several.test(text);
}

/** Six, eight or twenty bytes between colons or dashes, or twice as many digits between dots. */
function isMac(text: string): boolean {
  return [6, 8, 20].some((count) => {
    const pairs = [":", "-"].some((sign) =>
      new RegExp(`^([0-9a-f]{2}${sign}){${count - 1}}[0-9a-f]{2}$`, "i").test(text),
    );
    return pairs || new RegExp(`^([0-9a-f]{4}\\.){${count / 2 - 1}}[0-9a-f]{4}$`, "i").test(text);
  });
}

function isRgb(text: string): boolean {
  const [, ...parts] = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text) ?? [];
  return parts.length === 3 && parts.every((part) => Number(part) < 256 && !/^0\d/.test(part));
}
