/** A URL of a repository without scheme, user and port: `github.com/Owner/name.git`, for all notations. */
function bare(url: string): string {
  return url
    .trim()
    .replace(/^git::/i, "")
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^@/]+@/, "")
    .replace(/^([^/:]+):(?:\d+\/)?/, "$1/");
}

/** `github.com/owner/name`, for all notations of a URL. */
export function normalizedUrl(url: string): string {
  return bare(url)
    .toLowerCase()
    .replace(/(?:\.git)?(?<!\/)\/*$/, "");
}

/**
 * The path that a URL names below one of the repositories, relative to its top: `c/d` for `github.com/a/b//c/d?ref=main`.
 *
 * @param repositories normalized URLs
 */
export function pathWithin(url: string, repositories: readonly string[]): string | undefined {
  const way = bare(url.replace(/\?.*$/, "")).replace(rawFile, "github.com/$1/");
  for (const repository of repositories) {
    const rest = way.slice(repository.length).replace(/^\.git(?=\/|$)/i, "");
    if (way.toLowerCase().startsWith(repository) && /^\/|^$/.test(rest)) return rest.replace(/^\/+|\/+$/g, "");
  }
  return undefined;
}

/** A file at a revision: `raw.githubusercontent.com/a/b/main/c.yaml` */
const rawFile = /^raw\.githubusercontent\.com\/([^/]+\/[^/]+)\/[^/]+\//i;

/** A normalized URL without the host: `owner/name`. */
export function pathOfUrl(url: string): string {
  return url.slice(url.indexOf("/") + 1);
}
