import { readStart } from "../system/disk.ts";

/** Whether a file's name is that of YAML or JSON. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/** Bytes of a file in which a manifest shows itself. */
const enough = 64 * 1024;

/**
 * Whether a file of a folder means to be a manifest: a document of it sets apiVersion or kind itself, and it is no list, as
 * JSON patches and playbooks are. Values of charts, which say both deeper down, package.json and what counts its
 * versions (Grafana's provisioning has `apiVersion: 1`) do not. A file that is named itself is a manifest whatever it holds.
 */
export function isManifestFile(path: string): boolean {
  return isManifest(startOf(path));
}

/** Whether such a file makes a target of its own accord: not the settings of a program. */
export function isTargetFile(path: string): boolean {
  const start = startOf(path);
  return isManifest(start) && !isOfProgram(start);
}

function isManifest(start: string): boolean {
  const [, indent = "", first = ""] = begin.exec(start) ?? [];
  if (first === "[" || first === "-") return false;
  return (first === "{" ? anyKey : ownKey(indent)).test(start);
}

/**
 * Whether it is the settings of a program that looks like a manifest, and no API server has a kind for it: a cluster for
 * kind or eksctl, an entry of Backstage's catalog, a kubeconfig. Where one lies among manifests, it is judged with them:
 * whoever applies the folder stumbles over it.
 */
function isOfProgram(start: string): boolean {
  const versions = [...start.matchAll(/\bapiVersion["']?\s*:\s*["']?([^\s"'#,}]+)/g)].map(([, one = ""]) => one);
  if (versions.length === 1 && versions[0] === "v1") return /^kind\s*:\s*["']?Config["']?\s*$/m.test(start);
  return versions.length > 0 && versions.every((version) => programs.has(version.split("/")[0] ?? ""));
}

/**
 * Groups of settings. https://skaffold.dev/docs/references/yaml/, https://kind.sigs.k8s.io/docs/user/configuration/,
 * https://backstage.io/docs/features/software-catalog/descriptor-format, https://kubernetes.io/docs/reference/config-api/
 */
const programs = new Set([
  "skaffold",
  "kind.x-k8s.io",
  "k3d.io",
  "ctlptl.dev",
  "eksctl.io",
  "backstage.io",
  "scaffolder.backstage.io",
  "kuttl.dev",
  "cli.kyverno.io",
  "schema.plugin.fluxcd.io",
  "kubeadm.k8s.io",
  "kubelet.config.k8s.io",
  "kubeproxy.config.k8s.io",
  "kubescheduler.config.k8s.io",
  "apiserver.config.k8s.io",
  "apiserver.k8s.io",
  "audit.k8s.io",
]);

function startOf(path: string): string {
  return readStart(path, enough).replace(byteOrderMark, "").replaceAll("\0", "");
}

/** Of UTF-8 and UTF-16, byte by byte. */
const byteOrderMark = /^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)/;

/** Behind comments, empty lines and `---`: where a document's lines begin, and how it does: as a list, in braces. */
const begin = /^(?:(?:[ \t\r]*(?:#[^\n]*)?|---[^\n]*)\n)*([ \t]*)([[{]|-(?=\s))?/;

/** In JSON the column says nothing. */
const anyKey = /(?:^|[\s{,])["']?(?:apiVersion|kind)["']?\s*:/m;

/** Not deeper than the document itself: what stands there belongs to something else. */
function ownKey(indent: string): RegExp {
  return new RegExp(`^${indent}(["']?)(?:apiVersion\\1\\s*:(?!\\s*\\d+\\s*(?:#.*)?$)|kind\\1\\s*:)`, "m");
}
