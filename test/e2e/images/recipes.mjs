import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** The base of every Containerfile here, under its full name, so that a build finds it without a registry. */
export const base = recipe("docker.io/library/debian:bookworm-slim", join(import.meta.dirname, "debian"), true, "");

/**
 * How to build an image: from its source in images/, or from a stand-in in this folder.
 *
 * @param {string} name as an overlay names it
 * @returns {Recipe}
 * @typedef {{ name: string, tag: string, folder: string, standsIn: boolean, key: string }} Recipe `key` changes with the content
 */
export function recipeOf(name) {
  // The name may have a tag, a digest that a workflow pinned, or both.
  const last = /([^/:@]+)(:[^/@]*)?(@[^/@]*)?$/.exec(name)?.[1] ?? "";
  // Official images have no owner in their name, and their source is not here.
  const own = join(root, "images", last);
  if (name.includes("/") && existsSync(join(own, "Containerfile"))) return recipe(name, own, false, base.key);
  const standIn = join(import.meta.dirname, last);
  if (existsSync(join(standIn, "Containerfile"))) return recipe(name, standIn, true, base.key);
  throw new Error(`${name}: there is neither a source in images/ nor a stand-in in test/e2e/images/`);
}

function recipe(name, folder, standsIn, from) {
  const hash = createHash("sha256").update(JSON.stringify([name, from, ...contents(folder)]));
  // The build needs a tag: no image can be built with a given digest.
  const [unpinned = "", digest] = name.split("@");
  const tag = digest === undefined || /:[^/]*$/.test(unpinned) ? unpinned : `${unpinned}:pinned`;
  return { name, tag, folder, standsIn, key: hash.digest("hex").slice(0, 16) };
}

/** The path and the content of every file in a folder. */
function contents(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  return files
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => [file, readFileSync(join(folder, file), "base64")]);
}
