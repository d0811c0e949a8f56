// npm run images -- --offline [--fresh] [--cache DIR] [NAME…]: builds the images of the overlays without a registry
//
//   --offline     required: confirms that stand-ins are wanted. With a registry they are not needed: nodes pull the
//                 images, and `gitops up` builds those that have their source here
//   --fresh       builds them again, with Debian's current packages
//   --cache DIR   where to keep the archives (default: ~/.cache/guestbook-images)
//   NAME          only images whose name contains this text
//
// Needs Linux, root, the Debian packages buildah and debootstrap, and a Debian mirror (DEBIAN_MIRROR, or deb.debian.org).
// Prints the path of one archive per image, for `kind load image-archive`, `ctr images import` or `podman load`. An archive
// is built again when its sources change. The machine's own buildah storage is neither read nor changed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { $ } from "zx";
import { readArguments } from "../../arguments.mjs";
import { mirror, obstacle, workshop } from "./make.mjs";
import { base, recipeOf } from "./recipes.mjs";

const {
  cache,
  fresh,
  positionals: words,
} = readArguments(
  import.meta.filename,
  "images",
  {
    offline: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    cache: { type: "string", default: join(homedir(), ".cache/guestbook-images") },
  },
  { positionals: true, wrong: ({ offline }) => (offline ? undefined : "--offline is missing") },
);
let shop;
process.once("SIGINT", () => stop("interrupted", 130));
process.once("SIGTERM", () => stop("interrupted", 143));

try {
  await main();
} catch (error) {
  // debootstrap prints its errors to standard output.
  const output = error.stdout === undefined ? error.message : `${error.stdout}${error.stderr}`;
  stop(output.trim().split("\n").slice(-20).join("\n"), 1);
} finally {
  shop?.close();
}

async function main() {
  const recipes = (await imagesOfOverlays()).filter(isSelected).map(recipeOf);
  if (recipes.length === 0) stop(`no overlay names an image with ${words.join(" or ")} in its name`, 2);
  const missing = recipes.filter(isMissing);
  if (missing.length > 0) await make(missing);
  for (const recipe of recipes) {
    const what = recipe.standsIn ? "a stand-in, not the real one" : "from its source in images/";
    print(`${missing.includes(recipe) ? "built" : "cached"}  ${recipe.name}: ${what}`);
    console.log(archiveOf(recipe));
  }
  for (const recipe of [base, ...recipes]) markAsUsed(recipe);
  removeUnused();
}

/** The images of all overlays. */
async function imagesOfOverlays() {
  const rendered = await $({
    cwd: join(import.meta.dirname, "../../.."),
    quiet: true,
  })`node dist/gitops.js render overlays`;
  const pods = loadAll(rendered.stdout).flatMap((object) => object?.spec?.template?.spec ?? []);
  const containers = pods.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);
  return [...new Set(containers.map(({ image }) => image))].sort();
}

function isSelected(name) {
  return words.length === 0 || words.some((word) => name.includes(word));
}

function isMissing(recipe) {
  return fresh || !existsSync(archiveOf(recipe));
}

async function make(recipes) {
  const why = obstacle();
  if (why !== undefined) stop(why, 2);
  mkdirSync(cache, { recursive: true });
  shop = workshop();
  if (isMissing(base)) {
    print(`building ${base.name}, a stand-in, with debootstrap from ${mirror}`);
    await shop.makeBase();
    await keep(base);
  } else await shop.load(archiveOf(base));
  for (const recipe of recipes) {
    print(`building ${recipe.name}, ${recipe.standsIn ? "a stand-in" : "from its source"}: ${recipe.folder}`);
    await shop.make(recipe);
    await keep(recipe);
  }
}

/** Writes under a temporary name first, so that an existing archive is always complete. */
async function keep(recipe) {
  const file = `${archiveOf(recipe)}.${process.pid}`;
  try {
    await shop.save(recipe, file);
    renameSync(file, archiveOf(recipe));
  } finally {
    rmSync(file, { force: true });
  }
}

function archiveOf({ name, key }) {
  return join(cache, `${name.replaceAll(/[^a-z0-9.-]+/gi, "_")}-${key}.tar`);
}

function markAsUsed(recipe) {
  const now = new Date();
  if (existsSync(archiveOf(recipe))) utimesSync(archiveOf(recipe), now, now);
}

/** Removes archives that were not used for a month: their sources have changed since. */
function removeUnused() {
  const month = 30 * 24 * 3600 * 1000;
  for (const file of readdirSync(cache).map((name) => join(cache, name)))
    if (Date.now() - statSync(file).mtimeMs > month) rmSync(file);
}

function print(line) {
  console.error(line);
}

function stop(message, status) {
  console.error(`images: ${message.trim()}`);
  shop?.close();
  process.exit(status);
}
