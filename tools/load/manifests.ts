import { readStart } from "../system/disk.ts";

/** Whether a file's name is that of YAML or JSON. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/** Bytes of a file in which a manifest shows itself. */
const enough = 64 * 1024;

/**
 * Whether a file of a folder means to be a manifest: some line of it sets apiVersion or kind, and it is no list, as JSON
 * patches and playbooks are. Values of charts, package.json and the like do not. A file that is named itself is a
 * manifest whatever it holds.
 */
export function isManifestFile(path: string): boolean {
  const start = readStart(path, enough).replaceAll("\0", "");
  return /(?:^|[\s{,])["']?(?:apiVersion|kind)["']?\s*:/m.test(start) && !isList(start);
}

/** Behind comments, empty lines and `---`. */
function isList(text: string): boolean {
  return /^(?:(?:[ \t\r]*(?:#[^\n]*)?|---[^\n]*)\n)*[ \t]*(?:\[|-\s)/.test(text);
}
