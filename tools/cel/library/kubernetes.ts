import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  qualifiedName,
  withoutDash,
} from "../../vocabulary/names.ts";
import type { Format } from "../../vocabulary/text.ts";
import { isUuid } from "../../vocabulary/uuid.ts";
import { Fault } from "../fault.ts";
import type { Functions, Library } from "../signatures.ts";
import { Opaque, Optional } from "../values.ts";

type NamedFormat = Pick<Format, "fits" | "is">;

const prefixOf = ({ fits, is }: Format): NamedFormat => ({ is, fits: (text) => fits(withoutDash(text)) });

/** The formats by name; those without a check here are not evaluated. */
const formats: Readonly<Record<string, NamedFormat | undefined>> = {
  dns1123Label,
  dns1123Subdomain,
  dns1035Label,
  qualifiedName,
  labelValue,
  dns1123LabelPrefix: prefixOf(dns1123Label),
  dns1123SubdomainPrefix: prefixOf(dns1123Subdomain),
  dns1035LabelPrefix: prefixOf(dns1035Label),
  uri: undefined,
  uuid: { is: "a UUID", fits: isUuid },
  byte: undefined,
  date: undefined,
  datetime: undefined,
};

const formatOf = (format: NamedFormat) => new Opaque("kubernetes.NamedFormat", format, (other) => other === format);

const namedFormats: Functions = Object.fromEntries(
  Object.entries(formats).map(([name, format]) => [
    `format.${name}() -> kubernetes.NamedFormat`,
    format === undefined ? undefined : () => formatOf(format),
  ]),
);

/** An empty optional if the text has the format; otherwise one with an error message. */
function misfits({ value }: Opaque, text: string): Optional {
  const { fits, is } = value as NamedFormat;
  return fits(text) ? Optional.none : new Optional([`is not ${is}`]);
}

/** Named formats of strings, such as `format.dns1123Label()`. */
export const textFormats: Library = {
  from: "1.32",
  functions: {
    ...namedFormats,
    "format.named(string) -> optional(kubernetes.NamedFormat)": undefined,
    "(kubernetes.NamedFormat).validate(string) -> optional(list(string))": misfits,
  },
};

type Version = readonly [major: bigint, minor: bigint, patch: bigint, before: readonly string[]];

/** `Parse` in github.com/blang/semver/v4 */
const semantic = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([^+]*))?(?:\+(.*))?$/s;

function parseVersion(text: string, lenient = false): Version | undefined {
  const [, major = "", minor = "", patch = "", before, build] = semantic.exec(lenient ? normalized(text) : text) ?? [];
  const [parts, builds] = [before?.split(".") ?? [], build?.split(".") ?? []];
  const numbers = [major, minor, patch, ...parts.filter((part) => /^\d+$/.test(part))];
  const isRead =
    [...parts, ...builds].every((part) => /^[0-9A-Za-z-]+$/.test(part)) &&
    numbers.every((number) => /^(0|[1-9]\d*)$/.test(number) && BigInt(number) < 2n ** 64n);
  return isRead ? [BigInt(major), BigInt(minor), BigInt(patch), parts] : undefined;
}

/** `1.2.0` for `v1.02`; a short version cannot have a suffix. `normalizeAndParse` in library/semverlib.go */
function normalized(text: string): string {
  const [, major = "", minor = "0", patch = "0"] = /^v?([^.]*)(?:\.([^.]*)(?:\.(.*))?)?$/s.exec(text) ?? [];
  return [major, minor, patch].map((part) => part.replace(/^0+(?=\d)/, "")).join(".");
}

function semver(text: string, lenient = false): Opaque {
  const version = parseVersion(text, lenient);
  if (version === undefined) throw new Fault(`${JSON.stringify(text)} is not a semantic version`);
  return new Opaque("kubernetes.Semver", version, (other) => order(version, other as Version) === 0);
}

function order(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) if (a[index] !== b[index]) return a[index] < b[index] ? -1 : 1;
  const [x, y] = [a[3], b[3]];
  if (x.length === 0 || y.length === 0) return Number(x.length === 0) - Number(y.length === 0);
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    const [left, right] = [x[index], y[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left !== right) return byPrecedence(left, right);
  }
  return 0;
}

/** Numbers sort before words. */
function byPrecedence(left: string, right: string): number {
  const [x, y] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (x && y) return BigInt(left) < BigInt(right) ? -1 : 1;
  return x !== y ? (x ? -1 : 1) : left < right ? -1 : 1;
}

const versionOf = ({ value }: Opaque) => value as Version;
const compareVersions = (a: Opaque, b: Opaque) => order(versionOf(a), versionOf(b));
const semverType = "kubernetes.Semver";

/** Semantic versions. */
export const versions: Library = {
  from: "1.34",
  functions: {
    "semver(string) -> kubernetes.Semver": semver,
    "semver(string, bool) -> kubernetes.Semver": semver,
    "isSemver(string) -> bool": (text: string) => parseVersion(text) !== undefined,
    "isSemver(string, bool) -> bool": (text: string, lenient: boolean) => parseVersion(text, lenient) !== undefined,
    [`(${semverType}).isGreaterThan(${semverType}) -> bool`]: (a: Opaque, b: Opaque) => compareVersions(a, b) > 0,
    [`(${semverType}).isLessThan(${semverType}) -> bool`]: (a: Opaque, b: Opaque) => compareVersions(a, b) < 0,
    [`(${semverType}).compareTo(${semverType}) -> int`]: (a: Opaque, b: Opaque) => BigInt(compareVersions(a, b)),
    [`(${semverType}).major() -> int`]: (value: Opaque) => BigInt.asIntN(64, versionOf(value)[0]),
    [`(${semverType}).minor() -> int`]: (value: Opaque) => BigInt.asIntN(64, versionOf(value)[1]),
    [`(${semverType}).patch() -> int`]: (value: Opaque) => BigInt.asIntN(64, versionOf(value)[2]),
  },
};

const authorizer = "kubernetes.authorization.Authorizer";
const pathCheck = "kubernetes.authorization.PathCheck";
const groupCheck = "kubernetes.authorization.GroupCheck";
const resourceCheck = "kubernetes.authorization.ResourceCheck";
const decision = "kubernetes.authorization.Decision";

/** Authorization checks, which only the API server can evaluate. */
export const authorization: Library = {
  from: "",
  functions: {
    [`(${authorizer}).path(string) -> ${pathCheck}`]: undefined,
    [`(${authorizer}).group(string) -> ${groupCheck}`]: undefined,
    [`(${authorizer}).serviceAccount(string, string) -> ${authorizer}`]: undefined,
    [`(${groupCheck}).resource(string) -> ${resourceCheck}`]: undefined,
    [`(${resourceCheck}).subresource(string) -> ${resourceCheck}`]: undefined,
    [`(${resourceCheck}).namespace(string) -> ${resourceCheck}`]: undefined,
    [`(${resourceCheck}).name(string) -> ${resourceCheck}`]: undefined,
    [`(${pathCheck}).check(string) -> ${decision}`]: undefined,
    [`(${resourceCheck}).check(string) -> ${decision}`]: undefined,
    [`(${decision}).errored() -> bool`]: undefined,
    [`(${decision}).error() -> string`]: undefined,
    [`(${decision}).allowed() -> bool`]: undefined,
    [`(${decision}).reason() -> string`]: undefined,
  },
};

/** Authorization checks with selectors. */
export const authorizationSelectors: Library = {
  from: "1.32",
  functions: {
    [`(${resourceCheck}).fieldSelector(string) -> ${resourceCheck}`]: undefined,
    [`(${resourceCheck}).labelSelector(string) -> ${resourceCheck}`]: undefined,
  },
};

/** Functions for JSON patches in admission policies. */
export const jsonPatches: Library = {
  from: "",
  functions: {
    "jsonpatch.escapeKey(string) -> string": (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1"),
  },
};
