import { type Format, format } from "./text.ts";

/** The bytes of an IP address, most significant first: 4 for IPv4, 16 for IPv6. Undefined if it is not an address. */
export function parseIp(text: string): number[] | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** Whether an IPv6 address is IPv4-mapped (`::ffff:10.0.0.1`), which the API server rejects. */
export function isMapped(bytes: readonly number[]): boolean {
  return (
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  );
}

function parseV4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : groups(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 16 ? head : undefined;
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? undefined : [...head, ...Array.from({ length: gap }, () => 0), ...tail];
}

/** The bytes of colon-separated groups, the last of which may be an IPv4 address. */
function groups(text: string): number[] | undefined {
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1 && part.includes(".") ? parseV4(part) : undefined;
    if (last !== undefined) bytes.push(...last);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part))
      bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return undefined;
  }
  return bytes;
}

const hasLeadingZeros = (text: string) => !text.includes(":") && text.split(".").some((part) => /^0\d/.test(part));

/** An IP address as accepted up to 1.35, even with leading zeros (`IsValidIPForLegacyField`, not strict). */
export const lenientIp: Format = format(
  "an IP address",
  "Use an address such as 10.9.8.7 or 2001:db8::1.",
  (text) => parseIp(text) !== undefined,
);

/** An IP address as accepted from 1.36 on: no leading zeros, not IPv4-mapped (StrictIPCIDRValidation). */
export const ip: Format = format(
  "an IP address",
  "Use an address such as 10.9.8.7 or 2001:db8::1, without leading zeros.",
  (text) => {
    const bytes = parseIp(text);
    return bytes !== undefined && !isMapped(bytes) && !hasLeadingZeros(text);
  },
);

/** A range of addresses: those that share the first `prefix` bits of `bytes`. */
export interface Range {
  readonly bytes: readonly number[];
  readonly prefix: number;
}

/** Parses a CIDR range; undefined if the text is not one. */
export function parseCidr(text: string): Range | undefined {
  const [, address = "", length = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bytes = parseIp(address);
  if (bytes === undefined || Number(length) > bytes.length * 8) return undefined;
  return { bytes, prefix: Number(length) };
}

/** Whether no bit after the prefix is set: `10.0.0.0/8`, not `10.1.2.3/8`. */
function isNetworkAddress({ bytes, prefix }: Range): boolean {
  return bytes.every((byte, index) => {
    const kept = Math.max(0, Math.min(8, prefix - index * 8));
    return (byte & (0xff >> kept)) === 0;
  });
}

/** Whether a range lies within another one and is smaller. */
export function isSubnet(part: Range, whole: Range): boolean {
  if (part.bytes.length !== whole.bytes.length || part.prefix <= whole.prefix) return false;
  return whole.bytes.every((byte, index) => {
    const fixed = Math.max(0, Math.min(8, whole.prefix - index * 8));
    return ((byte ^ (part.bytes[index] ?? 0)) & (0xff00 >> fixed) & 0xff) === 0;
  });
}

/** A CIDR range as accepted up to 1.35. */
export const lenientCidr: Format = format(
  "a CIDR range",
  "Use a range such as 10.0.0.0/8 or 2001:db8::/64.",
  (text) => parseCidr(text) !== undefined,
);

/** A CIDR range as accepted from 1.36 on: no leading zeros, no bits set after the prefix, not IPv4-mapped. */
export const cidr: Format = format(
  "a CIDR range",
  "Use a range such as 10.0.0.0/8 or 2001:db8::/64, without leading zeros and with no bits set after the prefix.",
  (text) => {
    const range = parseCidr(text);
    if (range === undefined || isMapped(range.bytes)) return false;
    return !hasLeadingZeros(text.slice(0, text.indexOf("/"))) && !/\/0\d/.test(text) && isNetworkAddress(range);
  },
);
