import { isDeepStrictEqual } from "node:util";
import type { LoadedConfig } from "../config/config.ts";
import { groupBy } from "../core/group.ts";
import { resourceId } from "../core/resource.ts";
import type { Locate } from "../diff/diff.ts";
import { type RenderBoth, type Side, type Sides, targetsOf } from "../diff/sides.ts";
import { repositoryContext, urlsOf } from "../gate/repository/context.ts";
import { asApplied, withRefused } from "../gate/synced/applied.ts";
import { type Located, locateAs } from "../gate/synced/locate.ts";
import type { Variant } from "../gate/synced/variants.ts";
import { byTargetName } from "../gate/target/name.ts";
import type { Range } from "../git/range.ts";
import type { RenderedAs } from "../render/additions.ts";
import { renderAll } from "../render/render.ts";
import type { RenderedTarget } from "../render/rendering.ts";

/** One repository state, and its configuration. */
export interface ConfiguredSide extends Side {
  readonly config: LoadedConfig;
}

/** What is compared, and where its changes are located. */
export interface Applied {
  readonly sides: readonly Sides[];
  readonly locate: Locate;
}

/**
 * Adds the targets as Flux and Argo CD apply them, where they add something. They replace targets that are never applied as
 * they are.
 *
 * @param plain the targets as they are
 * @param locate locates values in these
 */
export async function appliedSides(
  { sides: plain, locate }: Applied,
  base: ConfiguredSide,
  head: ConfiguredSide,
  { base: { root: originalRoot } }: Range,
  options: RenderBoth,
): Promise<Applied> {
  const [before, after] = [
    await variantsIn(base, originalRoot, options),
    await variantsIn(head, originalRoot, options),
  ];
  const compared = new Set(plain.map(({ path }) => path));
  const all = new Map([...before, ...after].filter(([, { located }]) => compared.has(located.target.path)));
  const variants = [...all].map(([key, { located }]): Sides => {
    const [was, is] = [before.get(key)?.rendered, after.get(key)?.rendered];
    const unchanged = was !== undefined && is !== undefined && isSame(was, is);
    const path = `${located.target.path} as ${located.variant.additions.by}`;
    return { path, unchanged, base: was, head: is };
  });
  const always = [...all.values()].filter(({ located }) => located.variant.isAlways);
  const replaced = new Set(always.map(({ located }) => located.target.path));
  const kept = plain.filter(({ path }) => !replaced.has(path));
  const locatedOf = new Map([...after.values()].flatMap((one) => (one.rendered ? [[one.rendered, one]] : [])));
  return {
    sides: [...kept, ...apart(variants)].sort((a, b) => (a.path < b.path ? -1 : 1)),
    locate: (rendered, items) => {
      const one = locatedOf.get(rendered as RenderedAs);
      return one === undefined ? locate(rendered, items) : positions(one, rendered as RenderedAs, items, head.cwd);
    },
  };
}

/** Paths name the target of a variant only; several clusters may have variants with one name. */
function apart(variants: readonly Sides[]): Sides[] {
  const byPath = groupBy(variants, ({ path }) => path);
  return variants.map((one) => {
    const alike = byPath.get(one.path) ?? [];
    return alike.length === 1 ? one : { ...one, path: `${one.path} (${alike.indexOf(one) + 1})` };
  });
}

function isSame(one: RenderedTarget, other: RenderedTarget): boolean {
  const objects = ({ resources }: RenderedTarget) => resources.map(({ object }) => object);
  return one.failed === other.failed && isDeepStrictEqual(objects(one), objects(other));
}

interface LocatedVariant {
  readonly located: Located;
  readonly rendered: RenderedAs | undefined;
}

/** The variants of one side, by what adds what to which target. */
async function variantsIn(
  { cwd, root: top, paths, config }: ConfiguredSide,
  originalRoot: string,
  { renderer, jobs }: RenderBoth,
): Promise<Map<string, LocatedVariant>> {
  const targets = [...targetsOf({ cwd, root: top, paths }).values()];
  const { kustomize, renderings } = await renderer(targets);
  const options = { cwd, root: top, kustomize, jobs, renderings };
  const rendered = await renderAll(targets, options);
  const place = { root: config.root, cwd, top, originalRoot, urls: urlsOf(config), whole: false };
  const contextOf = (facts: Parameters<typeof repositoryContext>[0]) => repositoryContext(facts, place);
  const { variants } = await asApplied(rendered, { ...options, home: config.root, top, contextOf });
  const byName = byTargetName(targets, ({ path }) => path, config.root, cwd);
  return new Map(
    variants.flatMap(({ variant, rendered: made }): [string, LocatedVariant][] => {
      const [target, adding] = [byName.get(variant.target), byName.get(variant.by.target)];
      if (target === undefined || adding === undefined) return [];
      const located = { variant, target, adding };
      return [[keyOf(variant), { located, rendered: made && { ...made, ...withRefused(made) } }]];
    }),
  );
}

function keyOf({ target, by }: Variant): string {
  return JSON.stringify([target, by.target, resourceId(by.resource), by.pointer]);
}

function positions({ located }: LocatedVariant, rendered: RenderedAs, items: Parameters<Locate>[1], cwd: string) {
  const issues = items.map(({ resource, pointer }) => ({ problem: { rule: "", pointer, message: "" }, resource }));
  return locateAs(located, rendered, issues, cwd);
}
