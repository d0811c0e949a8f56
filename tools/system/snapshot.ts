import { createHash, hash } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { linkAt } from "./link.ts";
import { aspects } from "./observe.ts";

/**
 * The metadata that shows whether a file or folder has changed: size in bytes, modification and status change times
 * (milliseconds since 1970), inode, mode. Git's index contains the same. https://git-scm.com/docs/index-format
 */
export type Stamp = readonly [size: number, mtime: number, ctime: number, inode: number, mode: number];

/**
 * What an earlier run knew about a path. An empty string means that it was not requested. If the path did not exist,
 * the content is {@link nothing}, and the stamp is that of its folder.
 */
export interface Known {
  readonly stamp: Stamp;
  readonly content: string;
  readonly entries: string;
}

const nothing = "-";

/** What was found at a path; equal values mean that nothing has changed. @see aspects */
export type Found = readonly [path: string, mask: number, value: string];

/** The state of a path when it was first accessed. */
interface Look {
  readonly path: string;
  readonly kind: "f" | "d" | "o" | "-";
  /** Its real path: `=` for the path itself, empty if it does not exist. */
  readonly place: string;
  readonly isLink: boolean;
  readonly stamp: Stamp | undefined;
  /** When it was accessed, in milliseconds since 1970. */
  readonly at: number;
  content?: string | undefined;
  entries?: string | undefined;
  /** Earlier results, one for each set of aspects. */
  found?: readonly Found[];
}

/** In bytes. Larger files are not hashed, and results that depend on them are not cached. kubectl has 60 MiB. */
const largest = 512 * 1024 * 1024;

/**
 * The files of a run, each accessed once, and not read if its metadata is the same as in an earlier run.
 *
 * A file that changes twice within one tick of the file system's clock keeps its times. So a file that is younger than
 * a tick when it is accessed cannot be recognized by its times later ("racy" in Git:
 * https://git-scm.com/docs/racy-git), and is read again.
 */
export class Snapshot {
  readonly #known: (path: string) => Known | undefined;
  readonly #looks = new Map<string, Look>();
  /** The real paths of folders, by their paths. */
  readonly #places = new Map<string, string>();
  /** Folders of which only the real path was needed, with the time of the access. */
  readonly #folders = new Map<string, readonly [at: number, own: fs.Stats | undefined]>();
  /** Files and folders that were read because their metadata was unknown or had changed. */
  readonly read = new Set<string>();

  constructor(known: (path: string) => Known | undefined) {
    this.#known = known;
  }

  /** Records the given aspects of a path, unless they are known. @param path absolute and normalized */
  look(path: string, mask: number): void {
    this.#seen(path, mask);
  }

  /** The given aspects of a path, as one string. */
  value(path: string, mask: number): string {
    return textOf(this.#seen(path, mask), mask);
  }

  /** Returns the same object for the same arguments: thousands of targets share most of their dependencies. */
  found(path: string, mask: number): Found {
    const look = this.#seen(path, mask);
    const before = look.found?.find(([, asked]) => asked === mask);
    if (before !== undefined) return before;
    const found: Found = [look.path, mask, textOf(look, mask)];
    look.found = look.found === undefined ? [found] : look.found.concat([found]);
    return found;
  }

  /**
   * Whether metadata alone proves that a path is unchanged and contains no link. False may mean that this is unknown.
   *
   * @param stamps contains the {@link Stamp} of the path at `start`
   * @param didExist if false, the stamp is that of its folder
   */
  isUnchanged(path: string, stamps: ArrayLike<number>, start: number, didExist: boolean): boolean {
    const folder = dirname(path);
    if (this.#placeOf(folder) !== folder) return false;
    if (!didExist) return isAt(stamps, start, this.#folder(folder)?.stamp);
    const look = this.#looks.get(path);
    if (look !== undefined) return look.place === "=" && isAt(stamps, start, look.stamp);
    const [, own] = this.#folders.get(path) ?? owns(path);
    return isAt(stamps, start, own && stampOf(own));
  }

  /** The real path of a path; the path itself if it does not exist. */
  real(path: string): string {
    const { place } = this.#seen(path, aspects.kind);
    return place === "=" || place === "" ? path : place;
  }

  /** Whether a path contains no links, whether or not it exists. */
  isPlain(path: string): boolean {
    const { place, isLink } = this.#seen(path, aspects.kind);
    const folder = dirname(path);
    return place === "=" || (place === "" && !isLink && this.#placeOf(folder) === folder);
  }

  /**
   * The stamp of a path when it was accessed, or of the nearest folder above if it did not exist; undefined if not
   * accessed.
   */
  stampOf(path: string): Stamp | undefined {
    const look = this.#looks.get(path);
    return look?.kind === nothing ? this.#folderAbove(path)?.stamp : look?.stamp;
  }

  /** The nearest existing folder above a path. */
  #folderAbove(path: string): { readonly stamp: Stamp } | undefined {
    const folder = dirname(path);
    return this.#folder(folder) ?? (folder === path ? undefined : this.#folderAbove(folder));
  }

  /** Whether the given aspects of a path have not changed since they were recorded. */
  holds(path: string, mask: number): boolean {
    const before = this.#looks.get(path);
    if (before === undefined) return true;
    const now = new Snapshot(() => undefined);
    const after = now.#glance(path);
    if (after.kind !== before.kind || after.place !== before.place) return false;
    if ((mask & ~(aspects.kind | aspects.place)) === 0) return true;
    if (!isSame(after.stamp, before.stamp)) return false;
    return !isRacy(before) || now.value(path, mask) === this.value(path, mask);
  }

  /** What a later run may rely on; undefined if the metadata of the path is not reliable. */
  known(path: string): Known | undefined {
    const look = this.#looks.get(path);
    const before = this.#known(path);
    if (look === undefined) return before;
    const { stamp, content = "", entries = "" } = look;
    if (stamp === undefined) return look.isLink ? undefined : this.#knownMissing(path);
    if (isRacy(look) || stamp[0] > largest) return undefined;
    const more = isSame(before?.stamp, stamp) ? before : undefined;
    const known = { stamp, content: content || more?.content || "", entries: entries || more?.entries || "" };
    return known.content === "" && known.entries === "" ? undefined : known;
  }

  #seen(path: string, mask: number): Look {
    let look = this.#looks.get(path);
    if (look === undefined) {
      const known = this.#known(path);
      look = this.#glance(path, known);
      if (known !== undefined && isSame(known.stamp, look.stamp)) {
        look.content = known.content || undefined;
        look.entries = known.entries || undefined;
      }
      this.#looks.set(path, look);
    }
    if ((mask & aspects.content) !== 0) look.content ??= this.#read(path, look);
    if ((mask & aspects.entries) !== 0) look.entries ??= this.#list(path, look);
    return look;
  }

  #glance(path: string, known?: Known): Look {
    // The folder first: if the path is missing, the folder's stamp reveals whatever is created there from now on.
    this.#placeOf(dirname(path));
    const [at, own] = this.#folders.get(path) ?? this.#missing(path, known) ?? owns(path);
    const isLink = own?.isSymbolicLink() === true;
    const place = own === undefined ? "" : isLink ? realPlace(path) : this.#below(path);
    const there = isLink ? stat(fs.statSync, path) : own;
    const kind = there === undefined ? "-" : there.isFile() ? "f" : there.isDirectory() ? "d" : "o";
    return { path, kind, place: place === path ? "=" : place, isLink, stamp: there && stampOf(there), at };
  }

  /** A path that was missing, if its folder's stamp shows that no names have changed since. */
  #missing(path: string, known: Known | undefined): readonly [at: number, own: undefined] | undefined {
    if (known?.content !== nothing) return undefined;
    const folder = this.#folder(dirname(path));
    if (folder !== undefined && isSame(known.stamp, folder.stamp)) return [folder.at, undefined];
    this.read.add(path);
    return undefined;
  }

  #knownMissing(path: string): Known | undefined {
    const folder = this.#folder(dirname(path));
    return folder === undefined || isRacy(folder) ? undefined : { stamp: folder.stamp, content: nothing, entries: "" };
  }

  /** The stamp of a folder and the time of the access; undefined for a link to a folder. */
  #folder(path: string): { readonly at: number; readonly stamp: Stamp } | undefined {
    const look = this.#looks.get(path);
    if (look !== undefined) {
      const { at, kind, isLink, stamp } = look;
      return kind === "d" && !isLink && stamp !== undefined ? { at, stamp } : undefined;
    }
    const [at, own] = this.#ownsOfFolder(path);
    return own?.isDirectory() ? { at, stamp: stampOf(own) } : undefined;
  }

  #ownsOfFolder(folder: string): readonly [at: number, own: fs.Stats | undefined] {
    const found = this.#folders.get(folder) ?? owns(folder);
    this.#folders.set(folder, found);
    return found;
  }

  /** The real path of a path that is not a link itself. */
  #below(path: string): string {
    const folder = dirname(path);
    const place = folder === path ? path : this.#placeOf(folder);
    return place === folder ? path : join(place, basename(path));
  }

  #placeOf(folder: string): string {
    let place = this.#places.get(folder);
    if (place === undefined) {
      const known = this.#looks.get(folder)?.place;
      place = known === "=" ? folder : known || this.#placeOfNew(folder);
      this.#places.set(folder, place);
    }
    return place;
  }

  #placeOfNew(folder: string): string {
    const [, own] = this.#ownsOfFolder(folder);
    return own?.isSymbolicLink() ? realPlace(folder) : this.#below(folder);
  }

  #read(path: string, { kind, stamp, isLink }: Look): string {
    if (isLink && stamp === undefined) return linkAt(path) ?? "";
    if (kind !== "f" || stamp === undefined) return "";
    if (stamp[0] > largest) return never();
    this.read.add(path);
    try {
      return stamp[0] < part ? digest(fs.readFileSync(path)) : digestInParts(path);
    } catch {
      return "!";
    }
  }

  #list(path: string, { kind }: Look): string {
    if (kind !== "d") return "";
    this.read.add(path);
    try {
      const entries = fs.readdirSync(path, { withFileTypes: true });
      return digest(
        entries
          .map((entry) => `${entry.name}\0${letter(entry)}`)
          .sort()
          .join("\0"),
      );
    } catch {
      return "!";
    }
  }
}

/** The {@link Snapshot.value} of an unchanged path that contains no links. */
export function textOfKnown({ stamp, content, entries }: Known, mask: number): string {
  if (!didExist(content)) return textOf({ kind: nothing, place: "", stamp: undefined }, mask);
  const type = stamp[4] & fs.constants.S_IFMT;
  const kind = type === fs.constants.S_IFREG ? "f" : type === fs.constants.S_IFDIR ? "d" : "o";
  return textOf({ kind, place: "=", stamp, content, entries }, mask);
}

/** Whether a path existed, by its {@link Known} content. */
export function didExist(content: string): boolean {
  return content !== nothing;
}

type Seen = Pick<Look, "kind" | "place" | "stamp" | "content" | "entries">;

function textOf({ kind, place, content = "", entries = "", stamp }: Seen, mask: number): string {
  const has = (aspect: number, text: string) => ((mask & aspect) === 0 ? "" : text);
  const time = has(aspects.time, ` ${stamp?.[1]}`);
  return `${kind}${has(aspects.place, place)}\t${has(aspects.content, content)}${has(aspects.entries, entries)}${time}`;
}

/**
 * Whether a path may change later without its times showing it. The clock of Linux file systems ticks at least every
 * 10 ms; others count whole seconds, or two.
 */
export function isRacy({ stamp, at }: Pick<Look, "stamp" | "at">): boolean {
  if (stamp === undefined) return false;
  const [, mtime, ctime] = stamp;
  const tick = mtime % 1000 === 0 && ctime % 1000 === 0 ? 2000 : 20;
  return Math.max(mtime, ctime) > at - tick;
}

let count = 0;
/** A unique string. */
function never(): string {
  return `never ${process.pid} ${Date.now()} ${count++}`;
}

function letter(entry: fs.Dirent): string {
  return entry.isDirectory() ? "d" : entry.isFile() ? "f" : entry.isSymbolicLink() ? "l" : "o";
}

/** The current time, and the metadata of a path itself, without following links. */
function owns(path: string): readonly [at: number, own: fs.Stats | undefined] {
  return [Date.now(), stat(fs.lstatSync, path)];
}

function stat(by: typeof fs.statSync | typeof fs.lstatSync, path: string): fs.Stats | undefined {
  try {
    return by(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The stamp of a path; undefined if it does not exist. */
export function stampAt(path: string): Stamp | undefined {
  const own = stat(fs.statSync, path);
  return own && stampOf(own);
}

function stampOf({ size, mtimeMs, ctimeMs, ino, mode }: fs.Stats): Stamp {
  return [size, mtimeMs, ctimeMs, ino, mode];
}

function isSame(one: Stamp | undefined, other: Stamp | undefined): boolean {
  return one === undefined ? other === undefined : isAt(one, 0, other);
}

function isAt(stamps: ArrayLike<number>, start: number, stamp: Stamp | undefined): boolean {
  if (stamp === undefined) return false;
  for (let index = 0; index < stamp.length; index++) if (stamps[start + index] !== stamp[index]) return false;
  return true;
}

function realPlace(path: string): string {
  try {
    return fs.realpathSync.native(path);
  } catch {
    return "";
  }
}

/** Bytes to read at a time. */
const part = 4 * 1024 * 1024;

function digestInParts(path: string): string {
  const [sum, buffer] = [createHash("sha256"), Buffer.allocUnsafe(part)];
  const descriptor = fs.openSync(path, "r");
  try {
    for (let length = -1; length !== 0; sum.update(buffer.subarray(0, length)))
      length = fs.readSync(descriptor, buffer, 0, part, null);
  } finally {
    fs.closeSync(descriptor);
  }
  return sum.digest("base64url").slice(0, 22);
}

/** 132 bits of SHA-256, as 22 characters. */
export function digest(data: string | Uint8Array): string {
  return hash("sha256", data, "base64url").slice(0, 22);
}
