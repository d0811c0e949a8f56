import { from } from "../../vocabulary/demand.ts";
import { cidr, ip, lenientCidr, lenientIp, parseCidr, parseIp } from "../../vocabulary/network.ts";
import type { Check } from "../../vocabulary/place.ts";
import { element, format } from "../../vocabulary/text.ts";

const strictIp = format(
  "an unambiguous IP address",
  "Remove leading zeros, and write an IPv4-mapped address as IPv4.",
  (text) => parseIp(text) === undefined || ip.fits(text),
);

const strictCidr = format(
  "an unambiguous CIDR range",
  "Remove leading zeros, and clear the bits after the prefix.",
  (text) => parseCidr(text) === undefined || cidr.fits(text),
);

/** An address in a field that is older than strict validation (`IsValidIPForLegacyField`, StrictIPCIDRValidation). */
export const address = [element(lenientIp), from("1.36", element(strictIp))];

/** A CIDR range in such a field (`IsValidCIDRForLegacyField`). */
export const addressRange = [element(lenientCidr), from("1.36", element(strictCidr))];

/** An address outside of the host and its link (`ValidateEndpointIP`). */
export const routableAddress: Check = (value, at) => {
  const bytes = typeof value === "string" ? unmapped(parseIp(value)) : undefined;
  const special = bytes === undefined ? undefined : specialRange(bytes);
  if (special !== undefined)
    at.invalid(`is ${at.show(value)}, ${special}`, "Use an address that other hosts can reach.");
};

function specialRange(bytes: readonly number[]): string | undefined {
  const [first = 0, second = 0, third = 0] = bytes;
  const isV4 = bytes.length === 4;
  const isLast = (value: number) => bytes.every((byte, index) => byte === (index === bytes.length - 1 ? value : 0));
  if (isLast(0)) return "which is the unspecified address";
  if (isV4 ? first === 127 : isLast(1)) return "which is a loopback address";
  if (isV4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80) return "which is link-local";
  if (isV4 ? first === 224 && second === 0 && third === 0 : first === 0xff && (second & 0x0f) === 2) {
    return "which is link-local multicast";
  }
  return undefined;
}

/** `::ffff:127.0.0.1` is an IPv4 address to Go. */
function unmapped(bytes: number[] | undefined): number[] | undefined {
  const isMapped = bytes?.length === 16 && bytes.slice(0, 12).join() === "0,0,0,0,0,0,0,0,0,0,255,255";
  return isMapped ? bytes?.slice(12) : bytes;
}

/** Addresses that the API server accepts with a warning about their form (`GetWarningsForIP`). */
export const canonicalAddress: Check = (value, at) => {
  if (typeof value !== "string" || !value.includes(":")) return leadingZeros(value, at);
  const bytes = parseIp(value);
  if (bytes === undefined) return;
  const plain = unmapped(bytes);
  const wanted = plain?.length === 4 ? plain.join(".") : canonicalV6(bytes);
  if (value !== wanted) at.warn(`is ${at.show(value)}; its canonical form is ${wanted}`, `Use ${wanted}.`);
};

const leadingZeros: Check = (value, at) => {
  const bytes = typeof value === "string" ? parseIp(value) : undefined;
  if (bytes !== undefined && bytes.join(".") !== value)
    at.warn(`is ${at.show(value)}, which has leading zeros`, `Use ${bytes.join(".")}.`);
};

/** An IPv6 address in RFC 5952 form: lowercase, no leading zeros, the longest run of zeros shortened. */
export function canonicalV6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  let [start, length] = [-1, 1];
  for (let index = 0; index < 8; index++) {
    let end = index;
    while (end < 8 && groups[end] === 0) end++;
    if (end - index > length) [start, length] = [index, end - index];
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  return start < 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** Ranges that the API server accepts with a warning about their form (`GetWarningsForCIDR`). */
export const canonicalRange: Check = (value, at) => {
  if (typeof value !== "string") return;
  const wanted = canonicalCidr(value);
  if (wanted === undefined) return;
  if (value !== wanted) at.warn(`is ${at.show(value)}; its canonical form is ${wanted}`, `Use ${wanted}.`);
};

/** The canonical form of a range; undefined if the text is not one. */
function canonicalCidr(text: string): string | undefined {
  const range = parseCidr(text);
  if (range === undefined) return undefined;
  const { bytes, prefix } = range;
  const network = bytes.map((byte, index) => byte & (0xff00 >> Math.max(0, Math.min(8, prefix - 8 * index))) & 0xff);
  return `${bytes.length === 4 ? network.join(".") : canonicalV6(network)}/${prefix}`;
}

/** An IP address in the canonical form that newer fields require (`IsValidIP`). */
export const exactIp = format(
  "an IP address in canonical form",
  "Use an address such as 10.9.8.7 or 2001:db8::1, in its shortest form without leading zeros.",
  (text) => ip.fits(text) && (text.includes(":") ? canonicalV6(parseIp(text) ?? []) === text : true),
);

/** A CIDR range in the canonical form that newer fields require (`IsValidCIDR`). */
export const exactCidr = format(
  "a CIDR range in canonical form",
  "Use a range such as 10.0.0.0/8 or 2001:db8::/64, in its shortest form with no bits set after the prefix.",
  (text) => cidr.fits(text) && canonicalCidr(text) === text,
);
