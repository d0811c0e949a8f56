import { UserError } from "../core/errors.ts";
import type { Target } from "../core/resource.ts";
import { repositoryContext } from "../gate/repository/context.ts";
import { Sources } from "../gate/sources.ts";
import { factsOf } from "../gate/target/facts.ts";
import { KustomizationFiles } from "../gate/target/kustomizations.ts";
import { targetName } from "../gate/target/name.ts";
import { discover } from "../load/discover.ts";
import type { Policy, TargetContext } from "../policy/define.ts";
import { type Evaluation, evaluate, evaluateRepository, type PolicyProblem } from "../policy/evaluate.ts";
import { matchesTarget } from "../policy/match.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { renderAll } from "../render/render.ts";
import type { RenderedTarget } from "../render/rendering.ts";

/** The result of a policy for a repository. */
export interface RepositoryResult {
  /** The findings, each with its place, such as `overlays/a/kustomization.yaml:3`. */
  readonly found: readonly { readonly at: string; readonly message: string }[];
  /** The errors that prevented the check. */
  readonly problems: readonly string[];
}

/** A finding with the target that it is about. */
interface TargetProblem {
  readonly problem: PolicyProblem;
  readonly rendered: RenderedTarget;
}

/**
 * Checks a folder with one policy as if it were a whole repository, with everything that its targets render.
 *
 * @param folder an absolute path
 * @param kustomize undefined if there are only manifests
 */
export async function checkRepository(
  policy: Policy,
  folder: string,
  around: Omit<TargetContext, "target" | "resources">,
  kustomize: Kustomize | undefined,
): Promise<RepositoryResult> {
  const all = await renderedIn(folder, kustomize);
  if (typeof all === "string") return { found: [], problems: [all] };
  const failed = all.flatMap((one) => (one.failed ? one.problems : []));
  if (failed.length > 0) return { found: [], problems: failed.map(({ message }) => message) };
  const files = new KustomizationFiles(folder);
  if (policy.checkKustomization && !all.some((one) => one.closure && matchesTarget(policy.match, named(one, folder))))
    return { found: [], problems: ["the policy matches none of its kustomizations"] };
  const found: TargetProblem[] = [];
  const crashes: Evaluation["crashes"][number][] = [];
  for (const rendered of all) {
    const kustomizations = files.of(rendered.closure);
    const target = named(rendered, folder);
    const evaluation = await evaluate([policy], { ...around, target, resources: rendered.resources, kustomizations });
    found.push(...evaluation.problems.map((problem) => ({ problem, rendered })));
    crashes.push(...evaluation.crashes);
  }
  const place = { cwd: folder, root: folder, top: folder, urls: [], whole: true, cluster: around.cluster };
  const facts = all.map((one) => factsOf(one, place));
  const whole = evaluateRepository([policy], await repositoryContext(facts, place));
  for (const problem of whole.problems) {
    const rendered = all.find((one) => named(one, folder).path === problem.target) ?? all[0];
    if (rendered !== undefined) found.push({ problem, rendered });
  }
  const sources = new Sources(folder, undefined);
  return {
    found: found
      .filter(({ problem }) => problem.excepted === undefined)
      .map((one) => ({ at: placeOf(one, files, sources), message: one.problem.message })),
    problems: [...crashes, ...whole.crashes].map(({ message }) => `the policy threw: ${message}`),
  };
}

/** The target with the path that policies match. */
function named({ target }: RenderedTarget, folder: string): Target {
  return { ...target, path: targetName(target.path, folder, folder) };
}

/** The place of a finding in the source files, as the gate reports it. */
function placeOf({ problem, rendered }: TargetProblem, files: KustomizationFiles, sources: Sources): string {
  const { of: resource, in: kustomization, pointer, offset } = problem;
  const { target, closure } = rendered;
  const traced = () => resource && sources.trace(target, [{ resource, pointer, offset }])[0];
  const found = problem.file !== undefined ? problem : kustomization ? files.locate(kustomization, pointer) : traced();
  return `${found?.file ?? closure?.kustomizations[0]?.shown ?? target.path}:${found?.line ?? 1}`;
}

/** The rendered targets of a folder, or the reason why there are none. */
async function renderedIn(folder: string, kustomize: Kustomize | undefined): Promise<RenderedTarget[] | string> {
  const workspace = { cwd: folder, root: folder };
  try {
    return await renderAll(discover(["."], workspace), { ...workspace, kustomize });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Whether a policy checks only kustomizations or the repository, so that a file of manifests cannot test it. */
export function needsRepository({ schema, cases, deny, warn, check, checkTarget }: Policy): boolean {
  return [schema, cases, deny, warn, check, checkTarget].every((way) => way === undefined);
}
