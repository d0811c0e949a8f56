import { isAbsolute, normalize, relative, resolve } from "node:path";
import { aspects, type Observer } from "../system/observe.ts";
import { digest, type Snapshot } from "../system/snapshot.ts";

/** Collects the dependencies of an outcome while it is computed; see `observed`. */
export class Recording implements Observer {
  readonly #snapshot: Snapshot;
  readonly #given = new Map<string, number>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Records the state of a path before it is read, so that a change in between is noticed at the end. */
  see(path: string, aspect: number): void {
    const before = this.#given.get(path) ?? 0;
    if ((before & aspect) === aspect) return;
    this.#given.set(path, before | aspect);
    this.#snapshot.look(plain(path), aspect);
  }

  /**
   * Drops a path that another outcome depends on, if that outcome is always checked together with this one.
   *
   * @param path as it was seen
   */
  drop(path: string): void {
    this.#given.delete(path);
  }

  /** The absolute paths without duplicates, and the aspects that were read. */
  seen(): Map<string, number> {
    const seen = new Map<string, number>();
    for (const [given, mask] of this.#given) {
      const path = plain(given);
      seen.set(path, (seen.get(path) ?? 0) | mask);
    }
    return seen;
  }

  /** A digest of everything that was read, independent of where the folder is. */
  fingerprint(folder: string): string {
    const read = [...this.seen()].filter(([, mask]) => (mask & (aspects.content | aspects.entries)) !== 0);
    const lines = read.map(([path, mask]) => `${relative(folder, path)} ${this.#snapshot.value(path, mask)}`);
    return digest(lines.sort().join("\n"));
  }

  /** Whether nothing has changed since it was recorded. */
  holds(): boolean {
    return [...this.seen()].every(([path, mask]) => this.#snapshot.holds(path, mask));
  }
}

function plain(path: string): string {
  return isAbsolute(path) ? normalize(path).replace(/(?<=.)[/\\]$/, "") : resolve(path);
}
