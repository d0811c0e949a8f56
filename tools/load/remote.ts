/**
 * Whether kustomize would fetch an entry from the network: a URL, a Git host, `user@host:path`, or one of kustomize's
 * own forms (`git::…`, `…?ref=…`, `….git//…`, `_git`). Broader than kustomize's own test, which differs by version.
 */
export function isRemote(path: string): boolean {
  return patterns.some((pattern) => pattern.test(path));
}

const patterns: readonly RegExp[] = [
  // A scheme, but not a Windows drive; git:: and similar prefixes of HashiCorp's go-getter.
  /^[A-Za-z][A-Za-z0-9+.-]+:(?:\/\/|:)/,
  /^\/\//,
  // scp: user@host:path, host.tld:path
  /^[^/\\\s][^/\\\s@]*@[^/\\\s]+:/,
  /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+:/,
  // Hosts that kustomize knows by name.
  /^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com|ssh\.dev\.azure\.com|[^/]+\.visualstudio\.com)[/:]/i,
  /^(?:gh|gl|bb):/i,
  /[?&](?:ref|version|timeout|submodules)=/,
  /\.git(?:\/\/|$|\?)/,
  /^(?!\.{1,2}\/)[^/]+\.[a-z]{2,}\/.*\/\//i,
  /\/_git\//,
];
