import { createHash, hash } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { aspects } from "./observe.ts";

/**
 * What tells that a file or folder is as it was: bytes, time of the last change of its content and of the file at all
 * (milliseconds since 1970), inode, mode. Git's index holds the same. https://git-scm.com/docs/index-format
 */
export type Stamp = readonly [size: number, mtime: number, ctime: number, inode: number, mode: number];

/**
 * What an earlier run knew of a path. An empty text: it was not asked for. Where nothing was there, the content says
 * {@link nothing}, and the stamp is that of the folder.
 */
export interface Known {
  readonly stamp: Stamp;
  readonly content: string;
  readonly entries: string;
}

const nothing = "-";

/** What was found of a path: the same text, the same findings. @see aspects */
export type Found = readonly [path: string, mask: number, value: string];

/** A path as it was when it was first looked at. */
interface Look {
  readonly path: string;
  readonly kind: "f" | "d" | "o" | "-";
  /** Where it leads: `=` when to itself, empty when nowhere. */
  readonly place: string;
  readonly isLink: boolean;
  readonly stamp: Stamp | undefined;
  /** When it was looked at, in milliseconds since 1970. */
  readonly at: number;
  content?: string | undefined;
  entries?: string | undefined;
  /** What was asked for, once for each set of aspects. */
  found?: readonly Found[];
}

/** Above it nothing is hashed: what depends on such a file is not remembered. Bytes; kubectl has 60 MiB. */
const largest = 512 * 1024 * 1024;

/**
 * The files of a run, each looked at once, by its metadata alone where an earlier run knew it by the same.
 *
 * A file that is changed twice within one tick of the file system's clock keeps its times. So what is younger than a
 * tick when it is looked at is not known by its times later on (racy, as Git calls it:
 * https://git-scm.com/docs/racy-git), and is read again.
 */
export class Snapshot {
  readonly #known: (path: string) => Known | undefined;
  readonly #looks = new Map<string, Look>();
  /** Where folders lead, by their paths. */
  readonly #places = new Map<string, string>();
  /** Folders that were asked for their place alone, each with the time. */
  readonly #folders = new Map<string, readonly [at: number, own: fs.Stats | undefined]>();
  /** Files and folders that were read because their metadata said nothing. */
  readonly read = new Set<string>();

  constructor(known: (path: string) => Known | undefined) {
    this.#known = known;
  }

  /** Looks at a path for these aspects, unless that was done before. @param path absolute and normal */
  look(path: string, mask: number): void {
    this.#seen(path, mask);
  }

  /** What was found, as one text. */
  value(path: string, mask: number): string {
    return textOf(this.#seen(path, mask), mask);
  }

  /** The same one whoever asks: thousands of targets share most of what they depend on. */
  found(path: string, mask: number): Found {
    const look = this.#seen(path, mask);
    const before = look.found?.find(([, asked]) => asked === mask);
    if (before !== undefined) return before;
    const found: Found = [look.path, mask, textOf(look, mask)];
    look.found = look.found === undefined ? [found] : look.found.concat([found]);
    return found;
  }

  /**
   * Whether a path is what it was, by its metadata alone, and no link is on the way to it. A no may mean anything.
   *
   * @param stamps with the {@link Stamp} of the path at `start`
   * @param wasThere false: the stamp is that of its folder
   */
  isUnchanged(path: string, stamps: ArrayLike<number>, start: number, wasThere: boolean): boolean {
    const folder = dirname(path);
    if (this.#placeOf(folder) !== folder) return false;
    if (!wasThere) return isAt(stamps, start, this.#folder(folder)?.stamp);
    const look = this.#looks.get(path);
    if (look !== undefined) return look.place === "=" && isAt(stamps, start, look.stamp);
    const [, own] = this.#folders.get(path) ?? owns(path);
    return isAt(stamps, start, own && stampOf(own));
  }

  /** Where a path leads; itself where it leads nowhere. */
  real(path: string): string {
    const { place } = this.#seen(path, aspects.kind);
    return place === "=" || place === "" ? path : place;
  }

  /** Whether no link is on the way to a path, be anything there or not. */
  isPlain(path: string): boolean {
    const { place, isLink } = this.#seen(path, aspects.kind);
    const folder = dirname(path);
    return place === "=" || (place === "" && !isLink && this.#placeOf(folder) === folder);
  }

  /** What stood at a path when it was looked at, and where nothing did, the folder that it would be in; undefined when nobody has. */
  stampOf(path: string): Stamp | undefined {
    const look = this.#looks.get(path);
    return look?.kind === nothing ? this.#folderAbove(path)?.stamp : look?.stamp;
  }

  /** The nearest one that is there. */
  #folderAbove(path: string): { readonly stamp: Stamp } | undefined {
    const folder = dirname(path);
    return this.#folder(folder) ?? (folder === path ? undefined : this.#folderAbove(folder));
  }

  /** Whether a path is still what it was when it was looked at for these aspects. */
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

  /** What a later run may know of a path; undefined where its metadata tells nothing. */
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
    // Before what is in it: if that is not there, the folder tells of whatever is put there from now on.
    this.#placeOf(dirname(path));
    const [at, own] = this.#folders.get(path) ?? this.#missing(path, known) ?? owns(path);
    const isLink = own?.isSymbolicLink() === true;
    const place = own === undefined ? "" : isLink ? realPlace(path) : this.#below(path);
    const there = isLink ? stat(fs.statSync, path) : own;
    const kind = there === undefined ? "-" : there.isFile() ? "f" : there.isDirectory() ? "d" : "o";
    return { path, kind, place: place === path ? "=" : place, isLink, stamp: there && stampOf(there), at };
  }

  /** Nothing was there, and its folder has had the same names since then. */
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

  /** When a folder was looked at that is none by a link, and what it was. */
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

  /** Where a path leads that is no link itself. */
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

  #read(path: string, { kind, stamp }: Look): string {
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

/** What {@link Snapshot.value} says of a path that is as it was, no link being on the way to it. */
export function textOfKnown({ stamp, content, entries }: Known, mask: number): string {
  if (!wasThere(content)) return textOf({ kind: nothing, place: "", stamp: undefined }, mask);
  const type = stamp[4] & fs.constants.S_IFMT;
  const kind = type === fs.constants.S_IFREG ? "f" : type === fs.constants.S_IFDIR ? "d" : "o";
  return textOf({ kind, place: "=", stamp, content, entries }, mask);
}

/** Whether a path was there, by what is known of its content. */
export function wasThere(content: string): boolean {
  return content !== nothing;
}

type Seen = Pick<Look, "kind" | "place" | "stamp" | "content" | "entries">;

function textOf({ kind, place, content = "", entries = "", stamp }: Seen, mask: number): string {
  const has = (aspect: number, text: string) => ((mask & aspect) === 0 ? "" : text);
  const time = has(aspects.time, ` ${stamp?.[1]}`);
  return `${kind}${has(aspects.place, place)}\t${has(aspects.content, content)}${has(aspects.entries, entries)}${time}`;
}

/** Milliseconds. The clock of Linux's file systems ticks every 10 at the slowest; others count whole seconds, or two. */
export function isRacy({ stamp, at }: Pick<Look, "stamp" | "at">): boolean {
  if (stamp === undefined) return false;
  const [, mtime, ctime] = stamp;
  const tick = mtime % 1000 === 0 && ctime % 1000 === 0 ? 2000 : 20;
  return Math.max(mtime, ctime) > at - tick;
}

/** A text that no other one equals. */
let count = 0;
function never(): string {
  return `never ${process.pid} ${Date.now()} ${count++}`;
}

function letter(entry: fs.Dirent): string {
  return entry.isDirectory() ? "d" : entry.isFile() ? "f" : entry.isSymbolicLink() ? "l" : "o";
}

/** When a path was looked at, and what stands there itself. */
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

/** What tells whether a file is as it was; undefined where there is none. */
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
    return fs.realpathSync(path);
  } catch {
    return "";
  }
}

/** Bytes that are read at a time. */
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
