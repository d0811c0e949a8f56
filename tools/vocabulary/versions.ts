import { UserError } from "../core/errors.ts";
import { once } from "../core/once.ts";

/** The supported minor versions of Kubernetes, oldest first. */
export const supportedVersions: readonly string[] = ["1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"];

/** The version that is checked if none is given. */
export const defaultVersion = "1.36";

/** The supported versions in words: `1.30 to 1.37`. */
export const supportedRange = `${supportedVersions[0]} to ${supportedVersions.at(-1)}`;

/** A bit set of supported versions, with bit 0 for the oldest. One walk covers all of them. */
export type VersionSet = number;

/** The set of all supported versions. */
export const allVersions: VersionSet = (1 << supportedVersions.length) - 1;

/**
 * The set of the given versions, each written as `1.36`, `v1.36` or `1.36.2`.
 *
 * @throws UserError for a version that is not supported, and for an empty list.
 */
export const versionSet = once((versions: readonly string[]): VersionSet => {
  if (versions.length === 0) throw new UserError("no Kubernetes version given");
  return versions.reduce((all, version) => all | bitOf(version), 0);
});

function bitOf(version: string): VersionSet {
  const minor = /^v?(\d+\.\d+)(\.\d+)?$/.exec(version)?.[1];
  const index = minor === undefined ? -1 : supportedVersions.indexOf(minor);
  if (index >= 0) return 1 << index;
  throw new UserError(`Kubernetes ${version} is not supported; use a version from ${supportedRange}`);
}

/** The supported versions from this one on; all of them if it is older. */
export function since(version: string): VersionSet {
  return allVersions & ~before(version);
}

/** The supported versions up to and including this one. */
export function until(version: string): VersionSet {
  return before(version) | indexBit(version);
}

/** The supported versions before this one. */
export function before(version: string): VersionSet {
  return supportedVersions.reduce(
    (set, known, index) => (minorOf(known) < minorOf(version) ? set | (1 << index) : set),
    0,
  );
}

/** The versions of a set, oldest first. */
export function versionsIn(set: VersionSet): string[] {
  return supportedVersions.filter((_, index) => set & (1 << index));
}

/** A set in words: `1.30–1.33`, `1.36`, `1.30–1.31 and 1.37`. */
export function wordsFor(set: VersionSet): string {
  const runs: string[] = [];
  let first = -1;
  for (let index = 0; index <= supportedVersions.length; index++) {
    const present = (set & (1 << index)) !== 0;
    if (present && first < 0) first = index;
    if (present || first < 0) continue;
    const [from, to] = [supportedVersions[first], supportedVersions[index - 1]];
    runs.push(from === to ? `${from}` : `${from}–${to}`);
    first = -1;
  }
  return runs.length > 2 ? `${runs.slice(0, -1).join(", ")} and ${runs.at(-1)}` : runs.join(" and ");
}

function indexBit(version: string): VersionSet {
  const index = supportedVersions.indexOf(version);
  return index < 0 ? 0 : 1 << index;
}

/**
 * The requested versions that have a verdict, and those that do not: `valid up to 1.31, rejected from 1.33`.
 *
 * @param verdict such as `rejected`
 */
export function windowOf(set: VersionSet, asked: VersionSet, verdict: string): string {
  const [those, others] = [versionsIn(set), versionsIn(asked & ~set)];
  // Bits are in the order of versions: a set comes before another one if its value is less than the other's lowest bit.
  if (lowest(set) > (asked & ~set)) return `valid up to ${others.at(-1)}, ${verdict} from ${those[0]}`;
  if (lowest(asked & ~set) > set) return `${verdict} up to ${those.at(-1)}, valid from ${others[0]}`;
  return `${verdict} in ${wordsFor(set)}, but not in ${wordsFor(asked & ~set)}`;
}

/** The set of only the oldest version of a set. */
function lowest(set: VersionSet): VersionSet {
  return set & -set;
}

function minorOf(version: string): number {
  return Number(version.slice(version.indexOf(".") + 1));
}
