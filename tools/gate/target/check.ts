import { dirname } from "node:path";
import { append } from "../../core/append.ts";
import type { Contract } from "../../core/contract.ts";
import type { Existing } from "../../core/existing.ts";
import type { KustomizationFile } from "../../core/kustomization.ts";
import type { Resource } from "../../core/resource.ts";
import type { Policy } from "../../policy/define.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { unmatchedPolicies } from "../../policy/unmatched.ts";
import { readsAnywhere } from "../../render/kustomize.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { rules } from "../../rules/index.ts";
import { duplicateResources } from "../../validate/index.ts";
import { withRights } from "./admin-access.ts";
import { type CheckedTarget, crashIssue } from "./checked.ts";
import { type Definition, definitionsOf } from "./definitions.ts";
import { factsOf } from "./facts.ts";
import { KustomizationFiles, kustomizationProblems } from "./kustomizations.ts";
import { targetName } from "./name.ts";
import { type RenderingRuleOptions, RenderingRules } from "./rendering-rules.ts";
import { type ValidationOptions, Validator } from "./validator.ts";

interface CheckOptions extends ValidationOptions, RenderingRuleOptions {
  readonly policies: readonly Policy[];
  /** Objects that exist in the cluster, and what images expect; see {@link TargetContext}. */
  readonly cluster: readonly Existing[];
  readonly contracts: readonly Contract[];
}

/**
 * Checks targets one by one, independently of each other. Resources of unknown kinds wait until the
 * CustomResourceDefinitions of all targets are known.
 */
export class TargetChecker {
  readonly #options: CheckOptions;
  readonly #files: KustomizationFiles;
  readonly #validator: Validator;
  readonly #renderingRules: RenderingRules;

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#files = new KustomizationFiles(options.cwd);
    this.#validator = new Validator(options);
    this.#renderingRules = new RenderingRules(options);
  }

  async check(rendered: RenderedTarget): Promise<CheckedTarget> {
    const { target, resources, failed, closure, kustomize, text } = rendered;
    const checked = await this.checkResources(rendered, this.#files.of(closure, readsAnywhere(kustomize)));
    if (failed || !closure || !kustomize) return checked;
    const kustomized = { target, closure, kustomize, text };
    append(checked.issues, await this.#renderingRules.check(checked, resources, kustomized));
    return checked;
  }

  /** Checks what a target renders, but not how its kustomizations make it. */
  async checkResources(rendered: RenderedTarget, kustomizations: readonly KustomizationFile[]): Promise<CheckedTarget> {
    const { target, resources, problems, failed, closure, kustomize } = rendered;
    const { issues, unknown } = await this.#validator.validate(resources);
    const causes = failed && closure ? await kustomizationProblems(closure) : [];
    const checked: CheckedTarget = {
      target,
      resources: resources.length,
      failed,
      skipped: 0,
      issues: [...causes, ...problems].map((problem) => ({ problem })),
      crds: definitionsOf(rendered),
      facts: factsOf(rendered, this.#options),
      unmatched: [],
      ms: Math.round(rendered.durationMs),
      kustomize,
      components: [],
      waiting: unknown,
    };
    append(checked.issues, withRights(issues, resources));
    append(checked.issues, duplicateResources(resources, target.found));
    await this.#evaluate(checked, rendered, kustomizations);
    return checked;
  }

  /**
   * Validates the resources of a target that were waiting for a schema.
   *
   * @param definitions those of all targets; must be the same for each call
   */
  async finish(checked: CheckedTarget, definitions: readonly Definition[]): Promise<void> {
    const { waiting, target, crds } = checked;
    const { issues, unknown } = await this.#validator.validateWith(waiting, target.path, crds, definitions);
    append(checked.issues, issues);
    checked.skipped += unknown.length;
  }

  /** Runs the rules and policies. */
  async #evaluate(
    checked: CheckedTarget,
    { resources, unread, isPartial }: RenderedTarget,
    kustomizations: readonly KustomizationFile[],
  ): Promise<void> {
    const { policies, levelOf, root, cwd, cluster, contracts, versions } = this.#options;
    const target = { ...checked.target, path: targetName(checked.target.path, root, cwd) };
    const isInForce = (policy: Policy) => levelOf(policy, target.path) !== "off";
    const own = policies.filter(isInForce);
    const inForce = [...rules.filter(isInForce), ...own];
    const partial = isPartial && { isPartial };
    const context = { target, resources, cluster, contracts, versions, kustomizations, ...partial };
    append(checked.unmatched, unmatchedPolicies(own, target, resources));
    const { problems, crashes } = await evaluate(inForce, context);
    const byId = new Map(inForce.map((policy) => [policy.id, policy]));
    for (const { of: resource, in: file, excepted, ...problem } of problems) {
      const rule = byId.get(problem.rule);
      const { severity = rule?.severity } = problem;
      if (rule && severity && levelOf({ ...rule, severity }, target.path) === "off") continue;
      // What is missing may be in a manifest that could not be read, or in a chart, which is reported already.
      if (problem.wants !== undefined && resource && (isPartial || isNextTo(unread, resource))) continue;
      const place = file && problem.file === undefined ? this.#files.locate(file, problem.pointer) : undefined;
      const help = excepted && { help: `Exception: ${excepted}` };
      checked.issues.push({
        problem: { ...problem, ...place, ...help },
        ...(resource && { resource }),
        ...(excepted && { waived: true as const }),
      });
    }
    append(checked.issues, crashes.map(crashIssue));
  }
}

/** Whether one of the files is in the folder of a resource's own file, or in a folder above. */
function isNextTo(files: readonly string[], { source }: Resource): boolean {
  return files.map((file) => dirname(file)).some((folder) => folder === "." || source?.file.startsWith(`${folder}/`));
}
