import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What a reader wants to know about a path, as bits. kind: whether it exists, and as what; place: its real path;
 * content: the bytes of a file; entries: the names in a folder; time: when it was changed; below: everything in a
 * folder.
 */
export const aspects = { kind: 1, place: 2, content: 4, entries: 8, time: 16, below: 32 } as const;

/** Is notified of every access to a path, before it happens. */
export interface Observer {
  readonly see: (path: string, aspect: number) => void;
}

const observers = new AsyncLocalStorage<Observer>();

/**
 * Runs `work` and notifies an observer of all its disk accesses, also after awaits and when run concurrently with
 * others.
 */
export function observed<T>(by: Observer, work: () => T): T {
  return observers.run(by, work);
}

/** Observers that create files on access, by the folders that they create them in. */
const providers = new Map<string, Observer>();

/**
 * While `work` runs, notifies `by` of each access to a folder, so that it can create the files.
 *
 * @param folder absolute
 */
export async function provided<T>(folder: string, by: Observer, work: () => Promise<T>): Promise<T> {
  providers.set(folder, by);
  try {
    return await work();
  } finally {
    providers.delete(folder);
  }
}

/**
 * Notifies the observers of an access; call it for dependencies that are not read through `disk.ts`, or not read again.
 */
export function note(path: string, aspect: number): void {
  for (const [folder, by] of providers) if (path.startsWith(folder)) by.see(path, aspect);
  observers.getStore()?.see(path, aspect);
}

/** Whether the caller runs in {@link observed}. */
export function isObserved(): boolean {
  return observers.getStore() !== undefined;
}

/** Caches the result of `make`, and repeats its accesses to the observer of each later call. */
export function replayed<T>(make: () => T): () => T {
  let made: { readonly outcome: T; readonly noted: readonly (readonly [string, number])[] } | undefined;
  return () => {
    if (made === undefined) {
      const noted: [string, number][] = [];
      const outer = observers.getStore();
      const see = (path: string, aspect: number) => {
        noted.push([path, aspect]);
        outer?.see(path, aspect);
      };
      made = { outcome: observed({ see }, make), noted };
    } else for (const [path, aspect] of made.noted) note(path, aspect);
    return made.outcome;
  };
}

/** Like {@link replayed}, for an asynchronous function. */
export function replayedLater<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  const noted: [string, number][] = [];
  return async () => {
    if (made !== undefined) {
      const outcome = await made;
      for (const [path, aspect] of noted) note(path, aspect);
      return outcome;
    }
    const outer = observers.getStore();
    const see = (path: string, aspect: number) => {
      noted.push([path, aspect]);
      outer?.see(path, aspect);
    };
    made = observed({ see }, make);
    return made;
  };
}
