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
  const start = readStart(path, enough).replace(byteOrderMark, "").replaceAll("\0", "");
  const [, indent = "", first = ""] = begin.exec(start) ?? [];
  if (first === "[" || first === "-") return false;
  return (first === "{" ? anyKey : ownKey(indent)).test(start);
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
