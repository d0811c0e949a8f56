import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** The content of a path in a tree: text, bytes, or a symlink. */
export type Leaf = string | Uint8Array | { readonly link: string };

/**
 * Writes files into a new temporary folder that is removed after the test. A key that ends with `/` is an empty folder.
 *
 * @returns the folder's real path.
 */
export function tree(files: Readonly<Record<string, Leaf>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gitops-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, leaf] of Object.entries(files)) plant(join(folder, path), leaf);
  return folder;
}

function plant(path: string, leaf: Leaf): void {
  if (path.endsWith("/")) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  if (typeof leaf === "string" || leaf instanceof Uint8Array) writeFileSync(path, leaf);
  else symlinkSync(leaf.link, path);
}

/** A ConfigMap as one line of YAML. */
export function configMap(name: string): string {
  return `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: b}}\n`;
}
