import { UserError } from "../core/errors.ts";
import { once } from "../core/once.ts";

/** The minor versions of Kubernetes whose verdict is known, oldest first. */
export const supportedVersions: readonly string[] = ["1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"];

/** A set of supported versions: bit 0 is the oldest. One walk answers for all of them. */
export type VersionSet = number;

export const allVersions: VersionSet = (1 << supportedVersions.length) - 1;

/**
 * The set of the versions named, each as `1.36`, `v1.36` or `1.36.2`.
 *
 * @throws UserError for a version that is not supported, and for an empty list.
 */
export const versionSet = once((versions: readonly string[]): VersionSet => {
  if (versions.length === 0) throw new UserError("no Kubernetes version was given");
  return versions.reduce((all, version) => all | bitOf(version), 0);
});

function bitOf(version: string): VersionSet {
  const minor = /^v?(\d+\.\d+)(\.\d+)?$/.exec(version)?.[1];
  const index = minor === undefined ? -1 : supportedVersions.indexOf(minor);
  if (index >= 0) return 1 << index;
  const [oldest, newest] = [supportedVersions[0], supportedVersions.at(-1)];
  throw new UserError(`Kubernetes ${version} is not supported: choose ${oldest} to ${newest}`);
}

/** The versions from this one on. One before the oldest means all. */
export function since(version: string): VersionSet {
  return allVersions & ~before(version);
}

/** The versions up to and including this one. */
export function until(version: string): VersionSet {
  return before(version) | indexBit(version);
}

/** The versions that come earlier than this one. */
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

/** `1.30–1.33`, `1.36`, `1.30–1.31 and 1.37`: a set in words. */
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
 * The versions of a verdict, among those asked for: `valid to 1.31, refused from 1.33`.
 *
 * @param verdict what they say: `refused`
 */
export function windowOf(set: VersionSet, asked: VersionSet, verdict: string): string {
  const [those, others] = [versionsIn(set), versionsIn(asked & ~set)];
  // Bits are in the order of the versions, so that one set lies before another when its highest bit is less than a lowest.
  if (lowest(set) > (asked & ~set)) return `valid to ${others.at(-1)}, ${verdict} from ${those[0]}`;
  if (lowest(asked & ~set) > set) return `${verdict} to ${those.at(-1)}, valid from ${others[0]}`;
  return `${verdict} by ${wordsFor(set)}, not by ${wordsFor(asked & ~set)}`;
}

/** A set of only the oldest version of one. */
function lowest(set: VersionSet): VersionSet {
  return set & -set;
}

function minorOf(version: string): number {
  return Number(version.slice(version.indexOf(".") + 1));
}
