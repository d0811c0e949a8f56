import { join } from "node:path";
import { type Additions, withoutAffixes } from "../core/additions.ts";
import type { Problem } from "../core/finding.ts";
import { objectAt } from "../core/json.ts";
import type { Resource, Target } from "../core/resource.ts";
import { parseDocuments } from "../parse/documents.ts";
import { resourcesOf } from "../parse/resources.ts";
import { withTemporaryFolder } from "../system/disk.ts";
import { aspects, note } from "../system/observe.ts";
import { writeTree } from "../system/tree.ts";
import { build, defaultLimits } from "./build.ts";
import { canonical, canonicalValue } from "./canonical.ts";
import { findKustomize, type Kustomize } from "./kustomize.ts";
import { renderTarget } from "./render.ts";
import type { RenderedTarget, RenderOptions } from "./rendering.ts";
import { withVariables } from "./variables.ts";

/** A target as a controller applies it. */
export interface RenderedAs extends RenderedTarget {
  /** The resources before variables were replaced. */
  readonly written: ReadonlyMap<Resource, Resource>;
  /** Why the controller refuses some of the resources. */
  readonly refused: readonly { readonly problem: Problem; readonly resource: Resource }[];
}

/** Renders a target with what a controller adds to it, as the controller does. If that fails, its `problems` say why. */
export async function renderAs(target: Target, additions: Additions, options: RenderOptions): Promise<RenderedAs> {
  const isEdited = Object.keys(additions.kustomization).length > 0;
  const rendered =
    target.kind === "kustomization"
      ? await renderTarget(target, isEdited ? { ...options, additions } : options)
      : await manifestsAs(await renderTarget(target, options), additions, options);
  const written = new Map<Resource, Resource>();
  const refused: RenderedAs["refused"][number][] = [];
  for (const one of rendered.resources) {
    const { resource, problems } = withVariables(withMetadata(one, additions), additions);
    written.set(resource, one);
    for (const problem of problems) refused.push({ problem, resource });
  }
  return { ...rendered, resources: [...written.keys()], written, refused };
}

/** The kustomization that Flux generates for a folder without one, built from the manifests as they were read. */
async function manifestsAs(
  rendered: RenderedTarget,
  { kustomization }: Additions,
  options: RenderOptions,
): Promise<RenderedTarget> {
  if (rendered.failed || Object.keys(kustomization).length === 0) return rendered;
  const kustomize = options.kustomize ?? (await anyKustomize());
  note(kustomize.command[0], aspects.kind | aspects.place | aspects.content);
  const built = await withTemporaryFolder((folder) => {
    const text = canonicalValue({ ...kustomization, resources: ["resources.yaml"] });
    const files = { "kustomization.yaml": text, "resources.yaml": canonical(rendered.resources) };
    writeTree(
      folder,
      Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content), isLink: false })),
    );
    return build(kustomize, join(folder, "."), folder, { ...defaultLimits, ...options.limits });
  });
  if ("problem" in built) return { ...rendered, problems: [built.problem], failed: true };
  const sources = new Map(rendered.resources.map((one) => [placeOf(one, one.name), one.source]));
  const { resources } = resourcesOf(parseDocuments(built.text, rendered.target.path).documents);
  const located = resources.map((one) => {
    const source = sources.get(placeOf(one, withoutAffixes(one.name, kustomization)));
    return source === undefined ? one : { ...one, source };
  });
  return { ...rendered, resources: located };
}

/** A run without a kustomization among its targets has not looked for kustomize. */
let found: Promise<Kustomize> | undefined;

function anyKustomize(): Promise<Kustomize> {
  found ??= findKustomize({ env: process.env });
  return found;
}

function placeOf({ apiVersion, kind }: Resource, name: string): string {
  return `${apiVersion} ${kind} ${name}`;
}

function withMetadata(resource: Resource, { metadata: added }: Additions): Resource {
  if (added === undefined) return resource;
  const metadata = objectAt(resource.object, "metadata") ?? {};
  const joined = ["labels", "annotations"].flatMap((field) => {
    const more = objectAt(added, field);
    return more === undefined ? [] : [[field, { ...objectAt(metadata, field), ...more }]];
  });
  return { ...resource, object: { ...resource.object, metadata: { ...metadata, ...Object.fromEntries(joined) } } };
}
