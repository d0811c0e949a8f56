import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** What every Containerfile here is built upon, as a build finds it without asking a registry. */
export const base = recipe("docker.io/library/debian:bookworm-slim", join(import.meta.dirname, "debian"), true, "");

/**
 * How an image is made: from its own source in images/, or from its stand-in beside this file.
 *
 * @param {string} name as an overlay has it.
 * @returns {Recipe}
 * @typedef {{ name: string, tag: string, folder: string, standsIn: boolean, key: string }} Recipe its key changes with its content
 */
export function recipeOf(name) {
  // With a tag, with a digest that a workflow pinned, or with both: what is made here stands in for either.
  const last = /([^/:@]+)(:[^/@]*)?(@[^/@]*)?$/.exec(name)?.[1] ?? "";
  // Official images have no owner before their name: nobody's source here is theirs.
  const own = join(root, "images", last);
  if (name.includes("/") && existsSync(join(own, "Containerfile"))) return recipe(name, own, false, base.key);
  const standIn = join(import.meta.dirname, last);
  if (existsSync(join(standIn, "Containerfile"))) return recipe(name, standIn, true, base.key);
  throw new Error(`${name}: there is neither a source in images/ nor a stand-in in test/e2e/images/`);
}

function recipe(name, folder, standsIn, from) {
  const hash = createHash("sha256").update(JSON.stringify([name, from, ...contents(folder)]));
  // What builds it knows it by a tag: nothing can be built to a digest.
  const [unpinned = "", digest] = name.split("@");
  const tag = digest === undefined || /:[^/]*$/.test(unpinned) ? unpinned : `${unpinned}:pinned`;
  return { name, tag, folder, standsIn, key: hash.digest("hex").slice(0, 16) };
}

/** Every file of a folder, with what it holds. */
function contents(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  return files
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => [file, readFileSync(join(folder, file), "base64")]);
}
