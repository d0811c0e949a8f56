import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readBytes, tryKindOf } from "../system/disk.ts";
import { digest } from "../system/snapshot.ts";
import { lineOf, tryGit } from "./git.ts";

/** Settings that decide what is in a file, beside its blob. https://git-scm.com/docs/git-config */
const settings = "^core\\.(autocrlf|eol|symlinks|attributesfile)$";

/** Bytes of a file of attributes. */
const largest = 16 * 1024 * 1024;

/**
 * One text for all that says how Git makes files of what is committed: as long as it is the same, the same blobs are the same
 * files. https://git-scm.com/docs/gitattributes
 *
 * @param attributes finds the files of attributes in the working tree, below the top
 * @returns undefined where a program makes files, which may do it otherwise tomorrow, or where that is not known
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

/** Undefined where it cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return tryKindOf(path) === "file" ? readBytes(path, largest).toString() : "";
  } catch {
    return undefined;
  }
}
