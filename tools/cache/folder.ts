import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Maximum size of the cache, in bytes; the least recently used files are removed. */
export const mostBytes = 1024 * 1024 * 1024;

const name = "guestbook-gitops";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The cache folder: $GITOPS_CACHE_DIR, or a folder in $XDG_CACHE_HOME or ~/.cache. Never in the repository itself,
 * where a change could bring along its own result. Undefined if there is no home directory.
 *
 * An empty or relative $XDG_CACHE_HOME is ignored:
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
