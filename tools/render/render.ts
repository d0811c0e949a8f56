import { join, relative, resolve } from "node:path";
import { withAdditions } from "../core/additions.ts";
import { Recent } from "../core/recent.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import { type Closure, closure } from "../load/closure.ts";
import { type Kustomization, objectOf, readKustomization } from "../load/kustomization.ts";
import { withoutLeftOut } from "../load/left-out.ts";
import { kustomizationIn, kustomizationNames, shown } from "../load/paths.ts";
import { parseDocuments } from "../parse/documents.ts";
import { resourcesOf } from "../parse/resources.ts";
import { now } from "../system/clock.ts";
import { realPath } from "../system/disk.ts";
import { observed } from "../system/observe.ts";
import { defaultJobs } from "../system/pooled.ts";
import { type Attempt, attemptBuild } from "./attempt.ts";
import type { Unbuilt } from "./build.ts";
import { canonicalValue } from "./canonical.ts";
import { diagnose } from "./diagnose.ts";
import { deliberatelyEmpty, emptyRender } from "./empty.ts";
import { withIgnored } from "./ignored.ts";
import { type Kustomize, readsAnywhere } from "./kustomize.ts";
import { manifests } from "./manifests.ts";
import { refusedOutside } from "./outside.ts";
import type { Made, RenderedTarget, RenderOptions } from "./rendering.ts";

/** How many kustomizations to keep for other targets that may be built on them. */
const shareable = 2000;

/**
 * Renders targets, several at a time, and yields each as soon as it is done, in no particular order.
 * If a target fails, its `problems` say why.
 *
 * @throws UserError if kustomize cannot be started.
 */
export async function* render(targets: Iterable<Target>, options: RenderOptions): AsyncGenerator<RenderedTarget> {
  const waiting = targets[Symbol.iterator]();
  const running = new Map<number, Promise<[number, RenderedTarget]>>();
  const jobs = Math.max(1, options.jobs ?? defaultJobs());
  const shared = { read: new Recent<string, Kustomization>(shareable), ...options };
  let id = 0;
  const fill = () => {
    for (; running.size < jobs; id++) {
      const next = waiting.next();
      if (next.done) return;
      const mine = id;
      running.set(
        mine,
        renderTarget(next.value, shared).then((rendered) => [mine, rendered]),
      );
    }
  };
  try {
    for (fill(); running.size > 0; ) {
      const [done, rendered] = await Promise.race(running.values());
      running.delete(done);
      // Before the yield, so that kustomize runs while the consumer works.
      fill();
      yield rendered;
    }
  } finally {
    // If one throws, nobody awaits the others: their rejections must not be unhandled.
    for (const one of running.values()) one.catch(() => {});
  }
}

/** As {@link render}, but returns all targets together, in their order. */
export async function renderAll(targets: readonly Target[], options: RenderOptions): Promise<RenderedTarget[]> {
  const rendered = new Map<Target, RenderedTarget>();
  for await (const one of render(targets, options)) rendered.set(one.target, one);
  return targets.map((target) => rendered.get(target) as RenderedTarget);
}

/** Renders one target. If it fails, its `problems` say why. */
export async function renderTarget(target: Target, options: RenderOptions): Promise<RenderedTarget> {
  const start = now();
  const make = () => (target.kind === "kustomization" ? kustomized(target, options) : manifests(target, options));
  const observer = options.observer?.(target);
  const made = await (observer === undefined ? make() : observed(observer, make));
  return { target, ...made, durationMs: now() - start };
}

async function kustomized(target: Target, options: RenderOptions): Promise<Made> {
  const reached = closure(target, options.additions ? { ...options, read: edited(target, options) } : options);
  const refused = refusedIn(reached, options);
  if (refused.length > 0) return partial(target, reached, await withIgnored(refused, reached, options.cwd), options);
  const [own] = reached.kustomizations;
  const attempt = await rememberedBuild(target, reached, options.additions && own ? [own] : [], options);
  const { kustomize } = attempt;
  if ("problem" in attempt) {
    const problems = explained(attempt, target, reached, options.cwd);
    return { ...failure(problems, reached, kustomize), passing: attempt.passing };
  }
  const { resources, problems } = parsed(attempt.text, target);
  const isEmpty = resources.length === 0 && problems.length === 0;
  const deliberate = isEmpty && own ? deliberatelyEmpty(own) : undefined;
  const all = isEmpty ? [deliberate ?? emptyRender(kustomizationFile(target, options.cwd))] : problems;
  const failed = all.length > 0 && deliberate === undefined;
  const { text } = attempt;
  return { resources, problems: all, failed, unread: [], passing: false, kustomize, closure: reached, text };
}

function refusedIn(reached: Closure, { kustomize, cwd }: RenderOptions): LocatedProblem[] {
  return [...reached.problems, ...(readsAnywhere(kustomize) ? [] : refusedOutside(reached, cwd))];
}

/**
 * What a target renders without the entries that are not evaluated, if only these keep it from rendering. What is built is
 * walked again: it must not have problems of its own. Nothing is said of it if it does not build: a patch may be for an object
 * of a chart.
 */
async function partial(
  target: Target,
  reached: Closure,
  problems: readonly LocatedProblem[],
  options: RenderOptions,
): Promise<Made> {
  const nothing = { ...failure(problems, reached), passing: false };
  const read = withoutLeftOut(reached);
  const rest = read && closure(target, { ...options, read });
  if (rest === undefined || refusedIn(rest, options).length > 0) return nothing;
  const before = new Set(options.additions ? reached.kustomizations.slice(1) : reached.kustomizations);
  const changed = rest.kustomizations.filter((one) => !before.has(one));
  const attempt = await rememberedBuild(target, rest, changed, options);
  if ("problem" in attempt) return { ...nothing, passing: attempt.passing };
  const made = parsed(attempt.text, target);
  if (made.resources.length === 0 || made.problems.length > 0) return nothing;
  return { ...nothing, resources: made.resources, isPartial: true, kustomize: attempt.kustomize };
}

function parsed(text: string, { path }: Target) {
  const { documents, problems } = parseDocuments(text, path);
  const found = resourcesOf(documents);
  return { resources: found.resources, problems: [...problems, ...found.problems] };
}

/** As {@link attemptBuild}, or the remembered rendering of the same files. */
async function rememberedBuild(
  target: Target,
  reached: Closure,
  changed: readonly Kustomization[],
  options: RenderOptions,
): Promise<Attempt> {
  const folder = resolve(options.cwd, target.path);
  const home = realPath(folder) ?? folder;
  const written = changed.map((one) => `${relative(home, one.file)}\n${canonicalValue(objectOf(one))}`).join("");
  const place = options.renderings?.placeOf(home, reached, options.kustomize, written);
  const known = place?.get();
  if (known !== undefined) return { ...known, passing: false };
  const attempt = await attemptBuild(target, reached, changed, options);
  if ("text" in attempt) place?.put(attempt);
  return attempt;
}

/** The kustomization of a target as a controller edits it. */
function edited({ path }: Target, { cwd, additions }: RenderOptions): Map<string, Kustomization> {
  const folder = resolve(cwd, path);
  const file = kustomizationIn(realPath(folder) ?? folder);
  if (file === undefined || additions === undefined) return new Map();
  const kustomization = readKustomization(file, shown(cwd, file));
  const value = withAdditions(objectOf(kustomization), additions);
  const documents = kustomization.documents.map((one, index) => (index === 0 ? { ...one, value } : one));
  return new Map([[file, { ...kustomization, documents }]]);
}

function failure(problems: readonly LocatedProblem[], closure: Closure, kustomize?: Kustomize): Omit<Made, "passing"> {
  return { resources: [], problems, failed: true, unread: [], kustomize, closure };
}

/** The problems of a failed build, with their places if known. */
function explained({ problem, said }: Unbuilt, target: Target, reached: Closure, cwd: string): LocatedProblem[] {
  const located = { file: kustomizationFile(target, cwd), ...problem };
  return said === undefined ? [located] : diagnose(said, located, reached, cwd);
}

/** The path of a target's kustomization file, as shown in reports. */
function kustomizationFile(target: Target, cwd: string): string {
  const folder = resolve(cwd, target.path);
  return shown(cwd, kustomizationIn(folder) ?? join(folder, kustomizationNames[0]));
}
