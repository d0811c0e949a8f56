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

/** Builds the command line under test into a folder that only this run uses, so that no other build interferes. */
export default function setup(project: TestProject): () => void {
  const root = join(import.meta.dirname, "..");
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "gitops-"));
  execFileSync(process.execPath, [join(root, "tools", "build.mjs"), "--out", folder], { stdio: "inherit" });
  project.provide("gitops", join(folder, "gitops.js"));
  // A cache of its own, so that runs do not affect each other.
  process.env.GITOPS_CACHE_DIR = join(folder, "cache");
  // Temporary folders are removed here, as a hook that a running test registers is never called.
  const temporary = mkdtempSync(join(tmpdir(), "gitops-tests-"));
  process.env.TMPDIR = temporary;
  return () => {
    for (const one of [folder, temporary]) rmSync(one, { recursive: true, force: true });
  };
}
