import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What a reader wants to know of a path, as bits. kind: what stands there, if anything; place: where its links lead;
 * content: the bytes of a file; entries: the names in a folder; time: when it was changed; below: all that is in a folder.
 */
export const aspects = { kind: 1, place: 2, content: 4, entries: 8, time: 16, below: 32 } as const;

/** Is told of every path that is looked at, before it is. */
export interface Observer {
  readonly see: (path: string, aspect: number) => void;
}

const observers = new AsyncLocalStorage<Observer>();

/** Runs `work` so that whatever it looks at on the disk is told, across its awaits too; it may run beside others. */
export function observed<T>(by: Observer, work: () => T): T {
  return observers.run(by, work);
}

/** Those who make what is looked at, by the folders that they make it in. */
const providers = new Map<string, Observer>();

/** While `work` runs, whatever is looked at in a folder is told to who puts it there just in time. @param folder absolute */
export async function provided<T>(folder: string, by: Observer, work: () => Promise<T>): Promise<T> {
  providers.set(folder, by);
  try {
    return await work();
  } finally {
    providers.delete(folder);
  }
}

/** Tells whoever observes that the outcome depends on this; for what is not read through the disk, or was before. */
export function note(path: string, aspect: number): void {
  for (const [folder, by] of providers) if (path.startsWith(folder)) by.see(path, aspect);
  observers.getStore()?.see(path, aspect);
}

export function isObserved(): boolean {
  return observers.getStore() !== undefined;
}

/** As `make`, which is called once; what it looks at is told to whoever asks for its outcome later, too. */
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

/** As {@link replayed}, for what takes its time. */
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
