import { isObject, type Json } from "../../core/json.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { normalizedUrl, pathOfUrl } from "../../core/repository-url.ts";
import type { Resource } from "../../core/resource.ts";

/** The URLs of a repository, from its configuration, or else from Git's remotes. */
interface Origins {
  readonly urls: readonly string[];
  readonly isConfigured: boolean;
}

/**
 * Returns a function that tells whether a URL names this repository. Unless the URLs are configured, a repository with
 * the same name elsewhere may be a fork or a mirror; but if the repository refers to itself by the URL of a remote, a
 * repository with the same name and another owner is a different one.
 */
export function ownership({ urls, isConfigured }: Origins, targets: readonly TargetFacts[]): RepositoryContext["owns"] {
  const own = new Set(urls.map(normalizedUrl));
  if (isConfigured) return (url) => (own.has(normalizedUrl(url)) ? "yes" : "no");
  const all = targets.flatMap(({ syncs, listed = [] }) => [...syncs, ...listed].map(({ resource }) => resource));
  const isNamed = all.some(({ object }) => urlsIn(object).some((url) => own.has(normalizedUrl(url))));
  const part = isNamed ? pathOfUrl : nameOf;
  // A remote on the local disk is a clone itself.
  const alike = new Set(urls.filter((url) => !isOnDisk(url)).map((url) => part(normalizedUrl(url))));
  const bootstrap = new Set(
    isNamed ? [] : all.filter(isBootstrap).flatMap(({ object }) => urlsIn(object).map(normalizedUrl)),
  );
  return (url) => {
    const one = normalizedUrl(url);
    if (own.has(one)) return "yes";
    return alike.size === 0 || alike.has(part(one)) || bootstrap.has(one) ? "maybe" : "no";
  };
}

/**
 * `flux bootstrap` writes a source into a repository that refers to the repository itself; a fork may have another
 * name.
 */
function isBootstrap({ kind, name, namespace }: Resource): boolean {
  return kind === "GitRepository" && name === "flux-system" && namespace === "flux-system";
}

/** Argo CD's `repoURL`, at any depth, and the `url` of Flux sources. */
function urlsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(urlsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    typeof one === "string" ? (key === "repoURL" || key === "url" ? [one] : []) : urlsIn(one),
  );
}

/** Whether a URL is a path, a path on a Windows drive, or `file:`. https://git-scm.com/docs/git-clone#_git_urls */
function isOnDisk(url: string): boolean {
  return /^file:/i.test(url) || /^[a-z]:[\\/]/i.test(url) || !/^[^/]*:/.test(url);
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
