import { isDeepStrictEqual } from "node:util";
import type { LoadedConfig } from "../config/config.ts";
import { groupBy } from "../core/group.ts";
import type { Locate } from "../diff/diff.ts";
import { type RenderBoth, type Side, type Sides, targetsOf } from "../diff/sides.ts";
import { repositoryContext, urlsOf } from "../gate/repository/context.ts";
import { asApplied, withRefused } from "../gate/synced/applied.ts";
import { type Located, locateAs } from "../gate/synced/locate.ts";
import { applicationOf, applicationsIn } from "../gate/synced/variants.ts";
import { byTargetName } from "../gate/target/name.ts";
import type { Range } from "../git/range.ts";
import type { RenderedAs } from "../render/additions.ts";
import type { Kustomize } from "../render/kustomize.ts";
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
    await appliedIn(base, originalRoot, options, options.baseKustomize),
    await appliedIn(head, originalRoot, options),
  ];
  const compared = new Set(plain.map(({ path }) => path));
  const all = new Map(
    [...before.variants, ...after.variants].filter(([, { located }]) => compared.has(located.target.path)),
  );
  const variants = [...all].map(([key, { located }]): Sides => {
    const [was, is] = [before.rendered(key), after.rendered(key)];
    const unchanged = was !== undefined && is !== undefined && isSame(was, is);
    const path = `${located.target.path} as ${located.variant.additions.by}`;
    return { path, unchanged, base: was, head: is };
  });
  const always = [...all.values()].filter(({ located }) => located.variant.isAlways);
  const replaced = new Set(always.map(({ located }) => located.target.path));
  const kept = plain.filter(({ path }) => !replaced.has(path));
  const locatedOf = new Map([...after.variants.values()].flatMap((one) => (one.rendered ? [[one.rendered, one]] : [])));
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

/** One side as it is applied. */
interface AppliedSide {
  /** By {@link applicationOf}. */
  readonly variants: ReadonlyMap<string, LocatedVariant>;
  /** What is applied; the target as it is if nothing is added to it. */
  readonly rendered: (application: string) => RenderedTarget | undefined;
}

async function appliedIn(
  { cwd, root: top, paths, config }: ConfiguredSide,
  originalRoot: string,
  { renderer, jobs }: RenderBoth,
  other?: Kustomize,
): Promise<AppliedSide> {
  const targets = [...targetsOf({ cwd, root: top, paths }).values()];
  const { kustomize, renderings } = await renderer(targets);
  const options = { cwd, root: top, kustomize: other ?? kustomize, jobs, renderings };
  const rendered = await renderAll(targets, options);
  const place = { root: config.root, cwd, top, originalRoot, urls: urlsOf(config), whole: false };
  const contextOf = (facts: Parameters<typeof repositoryContext>[0]) => repositoryContext(facts, place);
  const { repository, variants } = await asApplied(rendered, { ...options, home: config.root, top, contextOf });
  const byName = byTargetName(rendered, ({ target }) => target.path, config.root, cwd);
  const located = new Map(
    variants.flatMap(({ variant, rendered: made }): [string, LocatedVariant][] => {
      const [target, adding] = [byName.get(variant.target)?.target, byName.get(variant.by.target)?.target];
      if (target === undefined || adding === undefined) return [];
      const one = { variant, target, adding };
      return [[applicationOf(variant), { located: one, rendered: made && { ...made, ...withRefused(made) } }]];
    }),
  );
  const names = applicationsIn(repository);
  return {
    variants: located,
    rendered: (application) => located.get(application)?.rendered ?? byName.get(names.get(application) ?? ""),
  };
}

function positions({ located }: LocatedVariant, rendered: RenderedAs, items: Parameters<Locate>[1], cwd: string) {
  const issues = items.map(({ resource, pointer }) => ({ problem: { rule: "", pointer, message: "" }, resource }));
  return locateAs(located, rendered, issues, cwd);
}
