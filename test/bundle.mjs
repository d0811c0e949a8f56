import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { plugin } from "../tools/plugin.mjs";

const cache = join(import.meta.dirname, "../node_modules/.cache");

/** Loads a module of TypeScript on any Node: it is bundled first, into a folder that is gone afterwards. */
export async function load(input) {
  mkdirSync(cache, { recursive: true });
  // Below node_modules, where what is loaded only when it is needed is found.
  const folder = mkdtempSync(join(cache, "test-"));
  try {
    const bundle = await rolldown({ input, platform: "node", plugins: [plugin()], logLevel: "silent" });
    await bundle.write({ dir: folder, format: "esm", entryFileNames: "main.mjs", codeSplitting: false });
    return await import(pathToFileURL(join(folder, "main.mjs")).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
