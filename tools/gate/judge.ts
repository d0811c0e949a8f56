import { append } from "../core/append.ts";
import type { Contract } from "../core/contract.ts";
import type { Existing } from "../core/existing.ts";
import type { Problem } from "../core/finding.ts";
import { glob } from "../core/glob.ts";
import type { JsonObject } from "../core/json.ts";
import type { KustomizationFile } from "../core/kustomization.ts";
import type { TargetFacts } from "../core/repository.ts";
import { groupOf, type LocatedProblem, type Resource, type Target } from "../core/resource.ts";
import { asApplied } from "../core/sops.ts";
import type { Policy } from "../policy/define.ts";
import { evaluate, evaluateRepository } from "../policy/evaluate.ts";
import type { LevelOf } from "../policy/levels.ts";
import type { RenderedTarget } from "../render/render.ts";
import { rules } from "../rules/index.ts";
import { duplicateResources, loadSchemas, type Schemas, validate } from "../validate/index.ts";

import { KustomizationFiles, kustomizationProblems } from "./kustomizations.ts";
import { targetName } from "./name.ts";
import { factsOf, type RepositoryInput, repositoryContext } from "./repository.ts";

/** What is wrong in a target: with one of its resources, or with itself. */
export interface Issue {
  readonly problem: LocatedProblem;
  readonly resource?: Resource;
  /** The policy makes an exception of the resource. */
  readonly waived?: true;
  /** The rule itself failed: an error whatever its severity, and the gate could not do its work. */
  readonly crash?: true;
}

/** A target with all that is wrong in it. */
export interface Judged {
  readonly target: Target;
  readonly resources: number;
  /** It did not render, or its files did not parse: what is known of it is not all. */
  readonly failed: boolean;
  /** Resources whose kind has no schema, and may have none. */
  skipped: number;
  readonly issues: Issue[];
}

export interface JudgeOptions {
  readonly versions: readonly string[];
  readonly policies: readonly Policy[];
  /** Policies that are off in a target are not run on it. */
  readonly levelOf: LevelOf;
  /** What the cluster has, and what images expect: see {@link TargetContext}. */
  readonly cluster: readonly Existing[];
  readonly contracts: readonly Contract[];
  /** CustomResourceDefinitions that the configuration names. */
  readonly crds: readonly JsonObject[];
  /** Patterns of `apiVersion/Kind` that may have no schema. */
  readonly allowUnknownKinds: readonly string[];
  /** Absolute folder of the repository, to which the targets that policies name are relative. */
  readonly root: string;
  readonly cwd: string;
  /** The URLs of the repository, where the configuration says them. */
  readonly urls: readonly string[] | undefined;
  /** All targets that the configuration names are judged. */
  readonly whole: boolean;
  readonly exported?: RepositoryInput["exported"];
}

/**
 * Judges targets one after the other. A resource of an unknown kind waits until all targets have passed: the
 * CustomResourceDefinition of its kind may be in a later one.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #crds: JsonObject[];
  readonly #groups = new Set<string>();
  #schemas: Schemas | undefined;
  readonly #files: KustomizationFiles;
  /** What each target means for the others, and what is known of it, by its name. */
  readonly #facts: TargetFacts[] = [];
  readonly #judged = new Map<string, Judged>();
  readonly #waiting: { readonly judged: Judged; readonly resource: Resource }[] = [];

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#crds = [...options.crds];
    this.#files = new KustomizationFiles(options.cwd);
  }

  async judge(rendered: RenderedTarget): Promise<Judged> {
    const { target, resources, problems, failed, closure } = rendered;
    const schemas = await this.#schemasFor(resources);
    const causes = failed && closure ? await kustomizationProblems(closure) : [];
    const judged: Judged = {
      target,
      resources: resources.length,
      failed,
      skipped: 0,
      issues: [...causes, ...problems].map((problem) => ({ problem })),
    };
    for (const resource of resources) {
      if (resource.kind === "CustomResourceDefinition") this.#crds.push(resource.object);
      const verdict = validate(asApplied(resource), { versions: this.#options.versions, schemas });
      if (verdict.skipped) this.#waiting.push({ judged, resource });
      else append(judged.issues, issues(verdict.problems, resource));
    }
    append(judged.issues, duplicateResources(resources));
    await this.#evaluate(judged, resources, this.#files.of(closure));
    const facts = factsOf(rendered, this.#options);
    this.#facts.push(facts);
    this.#judged.set(facts.name, judged);
    return judged;
  }

  /** A target that is judged already, for what the others mean to it: only that is then said of it here. */
  know(rendered: RenderedTarget, place: Pick<RepositoryInput, "root" | "cwd">): Judged {
    const facts = factsOf(rendered, place);
    const judged: Judged = { target: rendered.target, resources: 0, failed: false, skipped: 0, issues: [] };
    this.#facts.push(facts);
    this.#judged.set(facts.name, judged);
    return judged;
  }

  /** Settles what waited for a schema or for the other targets. To be called once, after the last target. */
  async finish(): Promise<void> {
    await this.#settleUnknown();
    await this.#evaluateRepository();
  }

  async #settleUnknown(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const schemas = await loadSchemas(this.#crds, this.#groups);
    for (const { judged, resource } of this.#waiting) {
      const verdict = validate(asApplied(resource), { versions: this.#options.versions, schemas });
      if (verdict.skipped && this.#mayBeUnknown(resource)) judged.skipped++;
      else append(judged.issues, issues(verdict.problems, resource));
    }
  }

  /** Bundled schemas are loaded when their API group first occurs. */
  async #schemasFor(resources: readonly Resource[]): Promise<Schemas> {
    const before = this.#groups.size;
    for (const { apiVersion } of resources) this.#groups.add(groupOf(apiVersion));
    if (this.#schemas === undefined || this.#groups.size > before) {
      this.#schemas = await loadSchemas(this.#options.crds, this.#groups);
    }
    return this.#schemas;
  }

  #mayBeUnknown({ apiVersion, kind }: Resource): boolean {
    return this.#options.allowUnknownKinds.some((pattern) => glob(pattern).test(`${apiVersion}/${kind}`));
  }

  async #evaluate(
    judged: Judged,
    resources: readonly Resource[],
    kustomizations: readonly KustomizationFile[],
  ): Promise<void> {
    const { policies, levelOf, root, cwd, cluster, contracts, versions } = this.#options;
    const target = { ...judged.target, path: targetName(judged.target.path, root, cwd) };
    const inForce = [...rules, ...policies].filter((policy) => levelOf(policy, target.path) !== "off");
    const context = { target, resources, cluster, contracts, versions, kustomizations };
    const { problems, crashes } = await evaluate(inForce, context);
    const byId = new Map(inForce.map((policy) => [policy.id, policy]));
    for (const { of: resource, in: file, excepted, ...problem } of problems) {
      const rule = byId.get(problem.rule);
      const { severity = rule?.severity } = problem;
      if (rule && severity && levelOf({ ...rule, severity }, target.path) === "off") continue;
      const place = file && problem.file === undefined ? this.#files.locate(file, problem.pointer) : undefined;
      const help = excepted && { help: `Excepted: ${excepted}` };
      judged.issues.push({
        problem: { ...problem, ...place, ...help },
        ...(resource && { resource }),
        ...(excepted && { waived: true as const }),
      });
    }
    append(judged.issues, crashes.map(crashed));
  }

  /** What shows only when one target is held against another is said of the one that is to be changed. */
  async #evaluateRepository(): Promise<void> {
    const { policies, levelOf } = this.#options;
    const ofAll = [...rules, ...policies].filter((policy) => policy.checkRepository !== undefined);
    const [first] = this.#judged.values();
    if (ofAll.length === 0 || first === undefined) return;
    const facts = [...this.#facts].sort((a, b) => (a.name < b.name ? -1 : 1));
    const { problems, crashes } = evaluateRepository(ofAll, await repositoryContext(facts, this.#options));
    const byId = new Map(ofAll.map((policy) => [policy.id, policy]));
    for (const { target, of: resource, in: file, ...problem } of problems) {
      const rule = byId.get(problem.rule);
      if (rule === undefined || levelOf(rule, target) === "off") continue;
      const place = file && this.#files.locate(file, problem.pointer);
      this.#judged.get(target)?.issues.push({ problem: { ...problem, ...place }, ...(resource && { resource }) });
    }
    append(first.issues, crashes.map(crashed));
  }
}

/** A policy that threw: an error of its own, which says nothing of the target. */
function crashed({ rule, message }: { readonly rule: string; readonly message: string }): Issue {
  const help = "Mend the policy: it has judged nothing here. The others were still run.";
  return { problem: { rule, pointer: "", message: `this policy threw: ${message}`, help }, crash: true };
}

function issues(problems: readonly Problem[], resource: Resource): Issue[] {
  return problems.map((problem) => ({ problem, resource }));
}
