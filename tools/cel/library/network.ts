import { isMapped, parseCidr, parseIp } from "../../vocabulary/network.ts";
import { parseUrl, type Url } from "../../vocabulary/url.ts";
import { Fault } from "../fault.ts";
import type { Library } from "../signatures.ts";
import { CelMap, Opaque } from "../values.ts";

type Bytes = readonly number[];
interface Range {
  readonly bytes: Bytes;
  readonly prefix: number;
}

const same = (a: Bytes) => (b: unknown) => String(a) === String(b);
const ipOf = (bytes: Bytes) => new Opaque("net.IP", bytes, same(bytes));
const cidrOf = (range: Range) =>
  new Opaque(
    "net.CIDR",
    range,
    (other) =>
      addressText(range.bytes) + range.prefix === addressText((other as Range).bytes) + (other as Range).prefix,
  );

const bytesOf = ({ value }: Opaque) => value as Bytes;
const rangeOf = ({ value }: Opaque) => value as Range;
const urlOf = ({ value }: Opaque) => value as Url;

/** Parses an address as Go's netip does: no leading zeros, no IPv4 in IPv6, no zone. */
function strictIp(text: string): Bytes | undefined {
  const bytes = parseIp(text);
  if (bytes === undefined || isMapped(bytes)) return undefined;
  return !text.includes(":") && text.split(".").some((part) => /^0\d/.test(part)) ? undefined : bytes;
}

function ip(text: string): Opaque {
  const bytes = strictIp(text);
  if (bytes === undefined) throw new Fault(`IP Address ${JSON.stringify(text)} parse error`);
  return ipOf(bytes);
}

function strictCidr(text: string): Range | undefined {
  const range = parseCidr(text);
  const isStrict = strictIp(text.split("/")[0] ?? "") !== undefined && !/\/0\d/.test(text);
  return isStrict ? range : undefined;
}

function cidr(text: string): Opaque {
  const range = strictCidr(text);
  if (range === undefined)
    throw new Fault(`network address parse error during conversion from string: ${JSON.stringify(text)}`);
  return cidrOf(range);
}

/** An address in Go's format: the longest run of zero groups is omitted. */
function addressText(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  const text = groups.map((group) => group.toString(16)).join(":");
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort(
    (a, b) => b[0].replace(/^:/, "").length - a[0].replace(/^:/, "").length,
  );
  const run = runs[0];
  if (run === undefined) return text;
  const [before, after] = [text.slice(0, run.index), text.slice(run.index + run[0].length).replace(/^:/, "")];
  return `${before}::${after}`;
}

function masked({ bytes, prefix }: Range): Bytes {
  return bytes.map((byte, index) => byte & (0xff00 >> Math.max(0, Math.min(8, prefix - index * 8))) & 0xff);
}

function isWithin(bytes: Bytes, range: Range): boolean {
  return bytes.length === range.bytes.length && same(masked(range))(masked({ bytes, prefix: range.prefix }));
}

const isRangeWithin = (inner: Range, outer: Range) => outer.prefix <= inner.prefix && isWithin(inner.bytes, outer);

const first = (bytes: Bytes, index = 0) => bytes[index] ?? 0;
const isAllZero = (bytes: Bytes) => bytes.every((byte) => byte === 0);
const isV4 = (bytes: Bytes) => bytes.length === 4;
const isLoopback = (bytes: Bytes) =>
  isV4(bytes) ? first(bytes) === 127 : isAllZero(bytes.slice(0, 15)) && first(bytes, 15) === 1;
const isMulticast = (bytes: Bytes) => (isV4(bytes) ? first(bytes) >> 4 === 14 : first(bytes) === 255);
const isLinkLocalMulticast = (bytes: Bytes) =>
  isV4(bytes)
    ? first(bytes) === 224 && first(bytes, 1) === 0 && first(bytes, 2) === 0
    : first(bytes) === 255 && (first(bytes, 1) & 15) === 2;
const isLinkLocal = (bytes: Bytes) =>
  isV4(bytes)
    ? first(bytes) === 169 && first(bytes, 1) === 254
    : first(bytes) === 0xfe && (first(bytes, 1) & 0xc0) === 0x80;
const isBroadcast = (bytes: Bytes) => isV4(bytes) && bytes.every((byte) => byte === 255);
const isGlobal = (bytes: Bytes) =>
  !(isAllZero(bytes) || isBroadcast(bytes) || isLoopback(bytes) || isMulticast(bytes) || isLinkLocal(bytes));

const ofIp = (test: (bytes: Bytes) => boolean) => (value: Opaque) => test(bytesOf(value));

/** IP addresses and CIDR ranges. */
export const addresses: Library = {
  from: "1.31",
  types: ["net.IP", "net.CIDR"],
  functions: {
    "ip(string) -> net.IP": ip,
    "isIP(string) -> bool": (text: string) => strictIp(text) !== undefined,
    "ip.isCanonical(string) -> bool": (text: string) => addressText(bytesOf(ip(text))) === text,
    "(net.IP).family() -> int": (value: Opaque) => (isV4(bytesOf(value)) ? 4n : 6n),
    "(net.IP).isUnspecified() -> bool": ofIp(isAllZero),
    "(net.IP).isLoopback() -> bool": ofIp(isLoopback),
    "(net.IP).isLinkLocalMulticast() -> bool": ofIp(isLinkLocalMulticast),
    "(net.IP).isLinkLocalUnicast() -> bool": ofIp(isLinkLocal),
    "(net.IP).isGlobalUnicast() -> bool": ofIp(isGlobal),
    "string(net.IP) -> string": (value: Opaque) => addressText(bytesOf(value)),
    "cidr(string) -> net.CIDR": cidr,
    "isCIDR(string) -> bool": (text: string) => strictCidr(text) !== undefined,
    "(net.CIDR).containsIP(string) -> bool": (range: Opaque, text: string) =>
      isWithin(bytesOf(ip(text)), rangeOf(range)),
    "(net.CIDR).containsIP(net.IP) -> bool": (range: Opaque, value: Opaque) => isWithin(bytesOf(value), rangeOf(range)),
    "(net.CIDR).containsCIDR(string) -> bool": (range: Opaque, text: string) =>
      isRangeWithin(rangeOf(cidr(text)), rangeOf(range)),
    "(net.CIDR).containsCIDR(net.CIDR) -> bool": (range: Opaque, other: Opaque) =>
      isRangeWithin(rangeOf(other), rangeOf(range)),
    "(net.CIDR).ip() -> net.IP": (range: Opaque) => ipOf(rangeOf(range).bytes),
    "(net.CIDR).prefixLength() -> int": (range: Opaque) => BigInt(rangeOf(range).prefix),
    "(net.CIDR).masked() -> net.CIDR": (range: Opaque) => cidrOf({ ...rangeOf(range), bytes: masked(rangeOf(range)) }),
    "string(net.CIDR) -> string": (range: Opaque) => `${addressText(rangeOf(range).bytes)}/${rangeOf(range).prefix}`,
  },
};

/** Parses an absolute URL or path, as Go's `url.ParseRequestURI` does. */
function requestUri(text: string): Url | undefined {
  const url = parseUrl(text.replaceAll("#", "%23"));
  const isWhole = text === "*" || (url !== undefined && (url.scheme !== "" || text.startsWith("/")));
  return isWhole ? url : undefined;
}

function url(text: string): Opaque {
  const parsed = requestUri(text);
  if (parsed === undefined) throw new Fault(`URL parse error during conversion from string: ${JSON.stringify(text)}`);
  return new Opaque("kubernetes.URL", parsed, (other) => JSON.stringify(other) === JSON.stringify(parsed));
}

/** The path as written if it is correctly escaped, otherwise escaped again (Go's `URL.EscapedPath`). */
function escapedPath(path: string): string {
  if (/^[\w\-.~$&+,/:;=@!'()*[\]%]*$/.test(path)) return path;
  // One character per byte.
  const bytes = Buffer.from(path).toString("latin1");
  const unescaped = bytes.replace(/%([\dA-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  const hex = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return unescaped.replace(/[^\w\-.~$&+,/:;=@]/g, hex);
}

/** Go's `URL.Query`, which ignores malformed settings. */
function queryOf(value: Opaque): CelMap {
  const found = new Map<string, string[]>();
  for (const setting of urlOf(value).query.split("&")) {
    if (setting === "" || setting.includes(";")) continue;
    const [, key, one] = (/^([^=]*)=?(.*)$/s.exec(setting) ?? []).map(unescaped);
    if (key !== undefined && one !== undefined) found.set(key, [...(found.get(key) ?? []), one]);
  }
  return new CelMap(found);
}

/** The unescaped text; undefined if a % is not followed by two hexadecimal digits. */
function unescaped(text: string): string | undefined {
  if (/%(?![\dA-Fa-f]{2})/.test(text)) return undefined;
  return new URLSearchParams(`text=${text}`).get("text") ?? "";
}

/** URLs. */
export const urls: Library = {
  from: "",
  functions: {
    "url(string) -> kubernetes.URL": url,
    "isURL(string) -> bool": (text: string) => requestUri(text) !== undefined,
    "(kubernetes.URL).getScheme() -> string": (value: Opaque) => urlOf(value).scheme,
    "(kubernetes.URL).getHost() -> string": (value: Opaque) => urlOf(value).host,
    "(kubernetes.URL).getHostname() -> string": (value: Opaque) =>
      urlOf(value)
        .host.replace(/:\d*$/, "")
        .replace(/^\[(.*)\]$/, "$1"),
    "(kubernetes.URL).getPort() -> string": (value: Opaque) => /:(\d*)$/.exec(urlOf(value).host)?.[1] ?? "",
    "(kubernetes.URL).getEscapedPath() -> string": (value: Opaque) => escapedPath(urlOf(value).path),
    "(kubernetes.URL).getQuery() -> map(string, list(string))": queryOf,
  },
};
