import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Bytes that all that is remembered may take; what was not used for longest goes. */
export const mostBytes = 1024 * 1024 * 1024;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of all that is remembered: $GITOPS_CACHE_DIR, else below $XDG_CACHE_HOME or ~/.cache
 * (https://specifications.freedesktop.org/basedir-spec/). Never in the repository itself: a change that is judged could
 * bring its own verdict along. Undefined where there is no home.
 */
export function cacheFolder(env: Env): string | undefined {
  if (env.GITOPS_CACHE_DIR) return resolve(env.GITOPS_CACHE_DIR);
  const home = env.HOME ?? homeOfUser();
  const base = env.XDG_CACHE_HOME ?? (home && join(home, ".cache"));
  return base ? join(resolve(base), "guestbook-gitops") : undefined;
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
