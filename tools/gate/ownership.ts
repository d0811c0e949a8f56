import { isObject, type Json } from "../core/json.ts";
import type { RepositoryContext, TargetFacts } from "../core/repository.ts";
import type { Resource } from "../core/resource.ts";

/** Where a repository is had from: as its configuration says, or else by Git's remotes. */
export interface Origins {
  readonly urls: readonly string[];
  readonly isSaid: boolean;
}

/**
 * Tells whose repository a URL names. Without a word of the configuration, a fork and a mirror have the same name elsewhere;
 * but where a repository names itself by the URL of a remote, what another owner calls the same is another one.
 */
export function ownership({ urls, isSaid }: Origins, targets: readonly TargetFacts[]): RepositoryContext["owns"] {
  const own = new Set(urls.map(normalized));
  if (isSaid) return (url) => (own.has(normalized(url)) ? "yes" : "no");
  const all = targets.flatMap(({ syncs }) => syncs.map(({ resource }) => resource));
  const isNamed = all.some(({ object }) => urlsIn(object).some((url) => own.has(normalized(url))));
  const part = isNamed ? pathOf : nameOf;
  // What a clone on the disk was made from is a clone as well.
  const alike = new Set(urls.filter((url) => !isOnDisk(url)).map((url) => part(normalized(url))));
  const bootstrap = new Set(
    isNamed ? [] : all.filter(isBootstrap).flatMap(({ object }) => urlsIn(object).map(normalized)),
  );
  return (url) => {
    const one = normalized(url);
    if (own.has(one)) return "yes";
    return alike.size === 0 || alike.has(part(one)) || bootstrap.has(one) ? "maybe" : "no";
  };
}

/** What `flux bootstrap` writes into a repository names that very repository; a fork may be called otherwise. */
function isBootstrap({ kind, name, namespace }: Resource): boolean {
  return kind === "GitRepository" && name === "flux-system" && namespace === "flux-system";
}

/** `repoURL` of Argo CD, wherever it stands, and `url` of a source of Flux. */
function urlsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(urlsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    typeof one === "string" ? (key === "repoURL" || key === "url" ? [one] : []) : urlsIn(one),
  );
}

/** https://git-scm.com/docs/git-clone#_git_urls: a path, a drive of Windows, or what says so. */
function isOnDisk(url: string): boolean {
  return /^file:/i.test(url) || /^[a-z]:[\\/]/i.test(url) || !/^[^/]*:/.test(url);
}

/** `github.com/owner/name`, however it is written. */
function normalized(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, "")
    .replace(/^[^@/]+@/, "")
    .replace(/^([^/:]+):(?:\d+\/)?/, "$1/")
    .replace(/(?:\.git)?(?<!\/)\/*$/, "");
}

/** Whoever has it, wherever that is. */
function pathOf(url: string): string {
  return url.slice(url.indexOf("/") + 1);
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
