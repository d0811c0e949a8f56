import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

/** Loads a module of TypeScript on any Node: it is bundled first, into a folder that is gone afterwards. */
export async function load(input) {
  const folder = mkdtempSync(join(tmpdir(), "gitops-test-"));
  try {
    const bundle = await rolldown({ input, platform: "node", logLevel: "silent" });
    await bundle.write({ dir: folder, format: "esm", entryFileNames: "main.mjs" });
    return await import(pathToFileURL(join(folder, "main.mjs")).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
