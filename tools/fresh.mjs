// Decides whether a build is up to date, by the content of its sources and the files that it wrote, so that `npm run check`
// does not build again if nothing has changed.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stamp = "built.json";

/** The files below a folder, relative to it. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.replaceAll("\\", "/"));
}

/**
 * Whether the folder `out` has a complete build of `entries` from the current content of all its sources.
 *
 * @param sources paths relative to the working directory; the build must have used all of them
 */
export function isFresh(out, entries, sources) {
  try {
    const { digest, madeOf, written } = JSON.parse(readFileSync(join(out, stamp), "utf8"));
    const isWhole = Object.entries(written).every(([file, size]) => statSync(join(out, file)).size === size);
    return isWhole && sources.every((file) => madeOf.includes(file)) && digest === digestOf(entries, madeOf);
  } catch {
    return false;
  }
}

/** Stores the data for {@link isFresh} in `out`. */
export function markFresh(out, entries, sources) {
  const madeOf = [...new Set(sources)].sort();
  const written = Object.fromEntries(filesBelow(out).map((file) => [file, statSync(join(out, file)).size]));
  writeFileSync(join(out, stamp), JSON.stringify({ digest: digestOf(entries, madeOf), madeOf, written }));
}

function digestOf(entries, files) {
  const sum = createHash("sha256").update(JSON.stringify([entries, files]));
  for (const file of files) sum.update(createHash("sha256").update(readFileSync(file)).digest());
  return sum.digest("base64url");
}
