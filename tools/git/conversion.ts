import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readBytes, tryKindOf } from "../system/disk.ts";
import { digest } from "../system/snapshot.ts";
import { lineOf, tryGit } from "./git.ts";

/** Settings that affect how Git writes a blob to a file. https://git-scm.com/docs/git-config */
const settings = "^core\\.(autocrlf|eol|symlinks|attributesfile)$";

/** Maximum size of an attributes file, in bytes. */
const largest = 16 * 1024 * 1024;

/**
 * A digest of everything that determines how Git converts blobs to files: while it stays the same, the same blobs give
 * the same files. https://git-scm.com/docs/gitattributes
 *
 * @param attributes finds the attributes files in the working tree, relative to the top
 * @returns undefined if a filter program converts files, since its output may change, or if that is unknown
 */
export async function conversionIn(
  root: string,
  attributes: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  const [set, own, within] = await Promise.all([
    tryGit(["config", "-z", "--get-regexp", settings], { cwd: root }),
    lineOf(["rev-parse", "--git-path", "info/attributes"], { cwd: root }),
    attributes(),
  ]);
  const said = set.stdout.toString();
  if (own === undefined || said.includes("core.attributesfile")) return undefined;
  const { XDG_CONFIG_HOME, HOME } = process.env;
  const user = join(XDG_CONFIG_HOME || join(HOME || homedir(), ".config"), "git/attributes");
  const paths = [...within.map((path) => join(root, path)), resolve(root, own), user, "/etc/gitattributes"];
  const texts = paths.map(textOf);
  const isKnown = texts.every((text) => text !== undefined && !/\bfilter\b/.test(text));
  return isKnown ? digest(JSON.stringify([said, ...texts])) : undefined;
}

/** The content of a file, empty if it does not exist; undefined if it cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return tryKindOf(path) === "file" ? readBytes(path, largest).toString() : "";
  } catch {
    return undefined;
  }
}
