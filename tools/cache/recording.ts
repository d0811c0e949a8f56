import { isAbsolute, normalize, relative, resolve } from "node:path";
import { aspects, type Observer } from "../system/observe.ts";
import { digest, type Snapshot } from "../system/snapshot.ts";

/** All that an outcome depends on, collected while it comes to be: see `observed`. */
export class Recording implements Observer {
  readonly #snapshot: Snapshot;
  readonly #given = new Map<string, number>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The path is looked at before it is read: what changes in between shows in the end. */
  see(path: string, aspect: number): void {
    const before = this.#given.get(path) ?? 0;
    if ((before & aspect) === aspect) return;
    this.#given.set(path, before | aspect);
    this.#snapshot.look(plain(path), aspect);
  }

  /** Leaves out a path, on which something else depends that is asked whenever this is. @param path as it was seen */
  drop(path: string): void {
    this.#given.delete(path);
  }

  /** Absolute paths, each once, and the aspects that were asked for. */
  seen(): Map<string, number> {
    const seen = new Map<string, number>();
    for (const [given, mask] of this.#given) {
      const path = plain(given);
      seen.set(path, (seen.get(path) ?? 0) | mask);
    }
    return seen;
  }

  /** One text for the content of all that was read, wherever the folder that it is in lies. */
  fingerprint(folder: string): string {
    const read = [...this.seen()].filter(([, mask]) => (mask & (aspects.content | aspects.entries)) !== 0);
    const lines = read.map(([path, mask]) => `${relative(folder, path)} ${this.#snapshot.value(path, mask)}`);
    return digest(lines.sort().join("\n"));
  }

  /** Whether nothing has changed since it was looked at. */
  holds(): boolean {
    return [...this.seen()].every(([path, mask]) => this.#snapshot.holds(path, mask));
  }
}

function plain(path: string): string {
  return isAbsolute(path) ? normalize(path).replace(/(?<=.)[/\\]$/, "") : resolve(path);
}
