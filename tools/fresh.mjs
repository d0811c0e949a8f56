// Whether a build is still the one that building again would make: by the content of all that it was made of, and by the
// files that it has written. So that `npm run check` waits for no build of what has not changed.
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
 * Whether the folder `out` holds a whole build of `entries`, of these sources as they are now, and of what else it was made of.
 *
 * @param sources paths from the working directory
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

/** Writes down what {@link isFresh} asks for. */
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
