import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Absolute path of the built gitops.js. */
    readonly gitops: string;
  }
}

/** Builds what the command line's tests run, into a folder of this run alone: nobody else's build gets in between. */
export default function setup(project: TestProject): () => void {
  const root = join(import.meta.dirname, "..");
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "gitops-"));
  execFileSync(process.execPath, [join(root, "tools", "build.mjs"), "--out", folder], { stdio: "inherit" });
  project.provide("gitops", join(folder, "gitops.js"));
  // What is remembered of the folders of this run is nobody else's.
  process.env.GITOPS_CACHE_DIR = join(folder, "cache");
  // Nor is anything left of the folders that tests make: a hook that a running test asks for is never called.
  const temporary = mkdtempSync(join(tmpdir(), "gitops-tests-"));
  process.env.TMPDIR = temporary;
  return () => {
    for (const one of [folder, temporary]) rmSync(one, { recursive: true, force: true });
  };
}
