import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Bytes that all that is remembered may take; what was not used for longest goes. */
export const mostBytes = 1024 * 1024 * 1024;

const name = "guestbook-gitops";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of all that is remembered: $GITOPS_CACHE_DIR, else below $XDG_CACHE_HOME or ~/.cache. Never in the repository
 * itself: a change that is judged could bring its own verdict along. Undefined where there is no home.
 *
 * An empty $XDG_CACHE_HOME is as good as none, and a relative one is ignored:
 * https://specifications.freedesktop.org/basedir-spec/
 */
export function cacheFolder(env: Env): string | undefined {
  if (env.GITOPS_CACHE_DIR) return resolve(env.GITOPS_CACHE_DIR);
  const named = env.XDG_CACHE_HOME;
  if (named && isAbsolute(named)) return join(named, name);
  const home = env.HOME ?? homeOfUser();
  return home ? join(resolve(home), ".cache", name) : undefined;
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
