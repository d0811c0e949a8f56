import { UserError } from "../../core/errors.ts";
import { distinctBy } from "../../core/group.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { resourceId } from "../../core/resource.ts";
import { type RenderedAs, renderAs } from "../../render/additions.ts";
import type { RenderedTarget, RenderOptions } from "../../render/rendering.ts";
import { additionsOf, rendersWith } from "../../rules/lib/sync/additions.ts";
import { covers } from "../../rules/lib/sync/applied-objects.ts";
import { wordsOf } from "../../rules/lib/sync/control-planes.ts";
import { ownSyncs } from "../../rules/lib/sync/covered.ts";
import type { Sync } from "../../rules/lib/sync/sync.ts";
import { defaultJobs, pooled } from "../../system/pooled.ts";
import { factsOf } from "../target/facts.ts";
import { byTargetName } from "../target/name.ts";
import { appliedFacts } from "./consequences.ts";
import { settled } from "./settled.ts";
import { type Variant, variantsOf } from "./variants.ts";

/** Where the repository is, and how its context is made of facts. */
export interface AppliedOptions extends RenderOptions {
  /** Absolute folder of gitops.yaml. */
  readonly home: string;
  /** Absolute top of the repository, if it is not the one that contains the folder. */
  readonly top?: string;
  readonly contextOf: (facts: readonly TargetFacts[]) => Promise<RepositoryContext>;
}

/**
 * The targets that an Application or a Kustomization applies, as it applies them.
 *
 * @param name that of the resource, with or without its namespace: `flux-system/apps`
 * @throws UserError if there is none with the name, or it cannot be rendered
 */
export async function appliedBy(
  name: string,
  targets: readonly RenderedTarget[],
  options: AppliedOptions,
): Promise<RenderedTarget[]> {
  const { repository } = await asApplied(targets, options, decides);
  const syncs = ownSyncs(repository);
  const named = syncs.filter((sync) => namesOf(sync).includes(name));
  if (named.length === 0) throw new UserError(unknown(name, syncs));
  const byName = byTargetName(targets, ({ target }) => target.path, options.home, options.cwd);
  const rendered: RenderedTarget[] = [];
  for (const sync of named) {
    const covered = repository.targets.filter((target) => covers(sync, target, repository));
    for (const facts of distinctBy(covered, ({ name }) => name)) {
      const plain = byName.get(facts.name);
      if (plain !== undefined) rendered.push(await renderedBy(sync, plain, facts, repository, options));
    }
  }
  return rendered;
}

function namesOf({ name, resource }: Sync): string[] {
  return [name, ...(resource.namespace ? [`${resource.namespace}/${name}`] : [])];
}

function unknown(name: string, syncs: readonly Sync[]): string {
  if (syncs.length === 0) return `nothing in these targets applies folders of this repository, so there is no ${name}`;
  const known = syncs.map((sync) => sync.name);
  return `no Application or Kustomization that applies folders of this repository is called ${name}${didYouMean(name, known)}`;
}

async function renderedBy(
  sync: Sync,
  plain: RenderedTarget,
  facts: TargetFacts,
  repository: RepositoryContext,
  options: RenderOptions,
): Promise<RenderedTarget> {
  const { target } = plain;
  // Argo CD ignores the settings of kustomize in folders of plain manifests.
  if (sync.by === "argo-cd" && target.kind !== "kustomization") return plain;
  const additions = additionsOf(sync, repository);
  if (rendersWith(facts, sync, additions, repository)) return withRefused(await renderAs(target, additions, options));
  throw new UserError(
    `what ${wordsOf(sync)} adds to ${target.path} cannot be rendered here: its components are elsewhere`,
  );
}

/** As it is rendered; nothing is applied of a target with a resource that is refused. */
export function withRefused(rendered: RenderedAs): RenderedTarget {
  const refused = rendered.refused.map(({ problem, resource }) => {
    return { ...problem, message: `${resourceId(resource)} ${problem.pointer}: ${problem.message}` };
  });
  const problems = [...rendered.problems, ...refused];
  return { ...rendered, problems, failed: rendered.failed || refused.length > 0 };
}

/** A variant as it renders; undefined if its target does not. */
export interface RenderedVariant {
  readonly variant: Variant;
  readonly rendered: RenderedAs | undefined;
}

/** Whether what something adds to a target may change what others apply, or the values of their variables. */
function decides({ syncs, objects }: TargetFacts): boolean {
  return syncs.length > 0 || objects.some(({ values }) => values !== undefined);
}

/** The repository with all targets as they are applied, and their variants. @param isWanted leaves out those of other targets */
export async function asApplied(
  targets: readonly RenderedTarget[],
  options: AppliedOptions,
  isWanted: (target: TargetFacts) => boolean = () => true,
): Promise<{ readonly repository: RepositoryContext; readonly variants: readonly RenderedVariant[] }> {
  const { cwd, home, top, contextOf } = options;
  const place = { root: home, cwd, ...(top !== undefined && { top }) };
  const facts = targets.map((one) => factsOf(one, place));
  const byName = byTargetName(targets, ({ target }) => target.path, home, cwd);
  const plain = await contextOf(facts);
  const wanted = new Set(facts.filter(isWanted).map(({ name }) => name));
  const wantedIn = (repository: RepositoryContext) => variantsOf(repository).filter(({ target }) => wanted.has(target));
  return settled(wantedIn(plain), async (all) => {
    const variants = await pooled(all, options.jobs ?? defaultJobs(), async (variant): Promise<RenderedVariant> => {
      const { target } = byName.get(variant.target) ?? {};
      return { variant, rendered: target && (await renderAs(target, variant.additions, options)) };
    });
    const known = variants.map(({ variant, rendered }) => ({ variant, facts: rendered && factsOf(rendered, place) }));
    const repository = all.length === 0 ? plain : await contextOf(appliedFacts(facts, known));
    return { made: { repository, variants }, next: wantedIn(repository) };
  });
}
