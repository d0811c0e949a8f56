import type { Recording } from "../../cache/recording.ts";
import type { Target } from "../../core/resource.ts";
import { render } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { observed } from "../../system/observe.ts";
import { digest } from "../../system/snapshot.ts";
import { findingsOf, rulebookOf } from "../findings.ts";
import type { GateInput } from "../input.ts";
import { urlsOf } from "../repository/context.ts";
import type { Sources } from "../sources.ts";
import type { TargetChecker } from "../target/check.ts";
import type { CheckedTarget } from "../target/checked.ts";
import type { Definition } from "../target/definitions.ts";
import { openFacts } from "../target/open-facts.ts";
import type { Outcome } from "./outcomes.ts";

/** The state of checking all targets of a run. The keys of maps are the paths of targets. */
export interface Work {
  readonly input: GateInput;
  readonly checker: TargetChecker;
  readonly done: Map<string, Outcome>;
  readonly recordings: Map<string, Recording>;
  /** Targets that need a schema from another target; they are finished last. */
  readonly waiting: Map<string, CheckedTarget>;
  /** The CustomResourceDefinitions of targets. */
  readonly crds: Map<string, readonly Definition[]>;
  sources: Sources | undefined;
}

/** Renders targets, and records what that depends on. */
export function renderedOf(
  targets: readonly Target[],
  { config, cwd, rendering, outcomes }: GateInput,
  recordings: Map<string, Recording>,
): AsyncGenerator<RenderedTarget> {
  const observer = (target: Target) => {
    const recording = outcomes.recording(target);
    if (recording !== undefined) recordings.set(target.path, recording);
    return recording;
  };
  return render(targets, { cwd, urls: urlsOf(config), ...rendering, observer });
}

/** Checks a target, and finishes it unless it needs a schema from another target. */
export async function checkRendered(rendered: RenderedTarget, work: Work): Promise<void> {
  const { path } = rendered.target;
  work.input.onRendered?.(rendered);
  // Transient failures, and targets that may depend on unknown files, are not cached.
  if (rendered.passing || (rendered.closure?.unknownFields.length ?? 0) > 0) work.recordings.delete(path);
  const checked = await recorded(path, work, () => work.checker.check(rendered));
  work.crds.set(path, checked.crds);
  if (checked.waiting.length > 0) work.waiting.set(path, checked);
  else await finish(checked, work);
}

function recorded<T>(path: string, { recordings }: Work, check: () => T): T {
  const recording = recordings.get(path);
  return recording === undefined ? check() : observed(recording, check);
}

/** Turns the results for a target into an outcome, and caches it. */
export async function finish(checked: CheckedTarget, work: Work, crdsNeeded?: string): Promise<void> {
  const { target, issues, resources, skipped, failed, crds } = checked;
  const { input, recordings } = work;
  const locations = await recorded(target.path, work, () => locate(checked, work));
  const open = openFacts(issues);
  const outcome: Outcome = {
    target,
    resources,
    skipped,
    failed,
    findings: findingsOf(checked, locations, rulebookOf(target, input)),
    crashed: issues.some(({ crash }) => crash),
    crds: crds.map(definitionDigest),
    ...(crdsNeeded !== undefined && { crdsNeeded }),
    ...(await componentsOf(checked, input)),
    facts: input.outcomes.addFacts(open.length > 0 ? { ...checked.facts, open } : checked.facts),
    unmatched: checked.unmatched,
    ms: checked.ms,
    ...otherKustomize(checked, input),
    syncs: checked.facts.syncs.length > 0 || checked.facts.listed !== undefined,
    cached: false,
  };
  work.done.set(target.path, outcome);
  const recording = recordings.get(target.path);
  if (recording !== undefined && !outcome.crashed) input.outcomes.put(outcome, recording);
  recordings.delete(target.path);
}

/** A digest of a definition. It includes the location, which messages about conflicting definitions contain. */
export function definitionDigest(definition: Definition): string {
  return digest(`${definition.place} ${definition.digest}`);
}

/** The components whose users affect the outcome, and a digest of the users. */
async function componentsOf({ components: folders }: CheckedTarget, { outcomes, cwd }: GateInput) {
  if (folders.length === 0) return {};
  return { components: { folders, users: await (await outcomes.users(cwd)).digestOf(folders) } };
}

function otherKustomize({ kustomize }: CheckedTarget, { rendering }: GateInput): { kustomize?: string } {
  return kustomize === undefined || kustomize.version === rendering.kustomize?.version
    ? {}
    : { kustomize: kustomize.version };
}

/** Locates issues. The code for it is loaded only if there are any. */
async function locate(checked: CheckedTarget, work: Work) {
  if (checked.issues.length === 0) return [];
  work.sources ??= await (await import("../sources.ts")).sourcesOf(work.input);
  return work.sources.locate(checked);
}
