import { append } from "../../core/append.ts";
import type { Contract } from "../../core/contract.ts";
import { messageOf, UserError } from "../../core/errors.ts";
import type { Existing, IpFamily } from "../../core/existing.ts";
import type { Problem } from "../../core/finding.ts";
import { glob } from "../../core/glob.ts";
import type { JsonObject } from "../../core/json.ts";
import type { KustomizationFile } from "../../core/kustomization.ts";
import { once } from "../../core/once.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { RuleInfo } from "../../core/rule.ts";
import type { Scope } from "../../core/scope.ts";
import { asApplied } from "../../core/sops.ts";
import type { ComponentUsers } from "../../load/component-users.ts";
import type { Policy, Violation } from "../../policy/define.ts";
import { evaluate } from "../../policy/evaluate.ts";
import type { LevelOf } from "../../policy/levels.ts";
import { aboutNothing } from "../../policy/unmatched.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { deadPatch } from "../../rules/gitops/dead-patch.ts";
import { overlayScope } from "../../rules/gitops/overlay-scope.ts";
import { rendererParity } from "../../rules/gitops/renderer-parity.ts";
import { rules } from "../../rules/index.ts";
import { SharedBases } from "../../trace/accumulate.ts";
import { SourceFiles } from "../../trace/files.ts";
import type { Shared } from "../../trace/observe.ts";
import {
  bundledGroups,
  duplicateResources,
  loadSchemas,
  type Schemas,
  type Verdict,
  validate,
  withCrds,
} from "../../validate/index.ts";
import { factsOf } from "../repository/context.ts";
import { sourceReader } from "../sources.ts";
import type { Issue, Judged } from "./checked.ts";
import type { Kustomized } from "./dead-entries.ts";
import { deadPatches } from "./dead-patch.ts";
import { type Definition, type Disputes, definitionsOf, disputesAmong, judging, withPlace } from "./definitions.ts";
import { KustomizationFiles, kustomizationProblems } from "./kustomizations.ts";
import { targetName } from "./name.ts";
import { beyondScopes } from "./overlay-scope.ts";
import { otherRenderings } from "./renderer-parity.ts";
import { ScopeBases } from "./scope-bases.ts";
import { Renderings } from "./without-entries.ts";

interface JudgeOptions {
  readonly versions: readonly string[];
  /** The IP families of the cluster's Service addresses. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  readonly policies: readonly Policy[];
  /** The severity of a policy in a target; policies that are off are not run. */
  readonly levelOf: LevelOf;
  /** Objects that exist in the cluster, and what images expect; see {@link TargetContext}. */
  readonly cluster: readonly Existing[];
  readonly contracts: readonly Contract[];
  /** CustomResourceDefinitions from the configuration. */
  readonly crds: readonly JsonObject[];
  /** The bundled projects that are installed in the cluster; see {@link Config.installed}. */
  readonly installed?: readonly string[] | undefined;
  /** Patterns of `apiVersion/Kind` for which a missing schema is accepted. */
  readonly allowUnknownKinds: readonly string[];
  /** The folder that target names in policies are relative to; absolute. */
  readonly root: string;
  readonly cwd: string;
  /** Other versions of kustomize that must give the same output. */
  readonly others: readonly Kustomize[];
  /** What overlays may change. */
  readonly scopes: readonly Scope[];
  /** The bases of scopes, if rendering them has already started. */
  readonly bases?: ScopeBases;
  readonly users: ComponentUsers;
}

/**
 * Checks targets one by one, independently of each other. Resources of unknown kinds wait until the
 * CustomResourceDefinitions of all targets are known.
 */
export class Judge {
  readonly #options: JudgeOptions;
  /** By the number of definitions and the bundled API groups that they contain. */
  readonly #schemas = new Map<string, Promise<Schemas>>();
  readonly #files: KustomizationFiles;
  readonly #traced: Shared;
  readonly #bases: ScopeBases;
  readonly #renderings: Renderings;
  #disputes: Disputes | undefined;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#files = new KustomizationFiles(options.cwd);
    this.#traced = { files: new SourceFiles(sourceReader(options.cwd)), bases: new SharedBases() };
    this.#bases = options.bases ?? new ScopeBases(options);
    this.#renderings = new Renderings(options.cwd);
  }

  async judge(rendered: RenderedTarget): Promise<Judged> {
    const { target, resources, problems, failed, closure } = rendered;
    const schemas = await this.#schemasFor(resources, this.#options.crds);
    const causes = failed && closure ? await kustomizationProblems(closure) : [];
    const waiting: Resource[] = [];
    const judged: Judged = {
      target,
      resources: resources.length,
      failed,
      skipped: 0,
      issues: [...causes, ...problems].map((problem) => ({ problem })),
      crds: definitionsOf(rendered),
      facts: factsOf(rendered, this.#options),
      idle: [],
      ms: Math.round(rendered.durationMs),
      by: rendered.kustomize,
      components: [],
      waiting,
    };
    for (const resource of resources) {
      const verdict = this.#validate(resource, schemas, judged);
      if (verdict?.skipped) waiting.push(resource);
      else append(judged.issues, issues(verdict?.problems ?? [], resource));
    }
    append(judged.issues, duplicateResources(resources, target.found));
    await this.#evaluate(judged, resources, this.#files.of(closure));
    const { kustomize, text } = rendered;
    if (!failed && closure && kustomize)
      append(judged.issues, await this.#againstRenders(judged, resources, { target, closure, kustomize, text }));
    return judged;
  }

  /** Issues that need further renderings: without an entry, of the base, or with another version of kustomize. */
  async #againstRenders(judged: Judged, resources: readonly Resource[], one: Kustomized): Promise<Issue[]> {
    const { cwd, levelOf, others, scopes } = this.#options;
    const { target, kustomize } = one;
    const { name, file } = judged.facts;
    const isOff = (rule: RuleInfo) => levelOf(rule, name) === "off";
    const place = file === undefined ? {} : { file, line: 1, column: 1 };
    const located = (rule: string, { resource, pointer, message }: Violation): Issue =>
      resource ? { problem: { rule, pointer, message }, resource } : { problem: { rule, pointer, message, ...place } };
    return [
      ...(await attempted(deadPatch, isOff, async () => {
        const users = { of: (components: readonly string[]) => this.#usersOf(components, judged) };
        const dead = await deadPatches([one], this.#renderings, { ...this.#traced, users });
        const told = dead.filter(([, { severity = deadPatch.severity }]) => !isOff({ ...deadPatch, severity }));
        return told.map(([, problem]) => ({ problem }));
      })),
      ...(await attempted(overlayScope, isOff, async () => {
        const beyond = await beyondScopes({ name, resources, kustomize }, scopes, this.#bases);
        return beyond.map((violation) => located(overlayScope.id, violation));
      })),
      ...(await attempted(rendererParity, isOff, async () => {
        const different = await otherRenderings(target, resources, others, cwd);
        return different.map((violation) => located(rendererParity.id, violation));
      })),
    ];
  }

  #usersOf(components: readonly string[], judged: Judged): Promise<string[]> {
    append(judged.components, components);
    return this.#options.users.of(components);
  }

  /**
   * Validates the resources of a target that were waiting for a schema. Among conflicting CustomResourceDefinitions,
   * the target's own take precedence, then the nearest.
   *
   * @param definitions those of all targets; must be the same for each call
   */
  async finish(judged: Judged, definitions: readonly Definition[]): Promise<void> {
    const crds = definitions.map(({ crd }) => crd);
    const all = await this.#schemasFor(judged.waiting, [...this.#options.crds, ...crds]);
    const defined = once(({ crd }: Definition) => withCrds(all, [crd]));
    this.#disputes ??= disputesAmong(definitions);
    const { waiting, target, crds: own } = judged;
    for (const resource of waiting) {
      const judge = judging(resource, target.path, own, this.#disputes);
      const verdict = this.#validate(resource, judge ? defined(judge.definition) : all, judged);
      const problems = (verdict?.problems ?? []).map((one) => (judge ? withPlace(one, resource, judge) : one));
      if (verdict?.skipped && this.#mayBeUnknown(resource)) judged.skipped++;
      else append(judged.issues, issues(problems, resource));
    }
  }

  /** Validates a resource. Undefined if the validation itself failed, which is recorded as an issue. */
  #validate(resource: Resource, schemas: Schemas, { issues: found }: Judged): Verdict | undefined {
    try {
      const { versions, ipFamilies } = this.#options;
      return validate(asApplied(resource), { versions, ipFamilies, schemas });
    } catch (error) {
      const message = `this could not be validated: ${messageOf(error)}`;
      const help =
        "This is a bug in the gate. Check the resource with an API server instead: kubectl apply --dry-run=server.";
      found.push({ problem: { rule: "schema/value", pointer: "", message, help }, resource, crash: true });
      return undefined;
    }
  }

  /** Loads schemas; bundled ones only for API groups that occur. */
  #schemasFor(resources: readonly Resource[], crds: readonly JsonObject[]): Promise<Schemas> {
    const { installed } = this.#options;
    const groups = bundledGroups(new Set(resources.map(({ apiVersion }) => groupOf(apiVersion))), installed);
    const key = `${crds.length} ${groups.join(" ")}`;
    const known = this.#schemas.get(key) ?? loadSchemas(crds, groups, installed);
    this.#schemas.set(key, known);
    return known;
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
    const isInForce = (policy: Policy) => levelOf(policy, target.path) !== "off";
    const own = policies.filter(isInForce);
    const inForce = [...rules.filter(isInForce), ...own];
    const context = { target, resources, cluster, contracts, versions, kustomizations };
    append(judged.idle, aboutNothing(own, target, resources));
    const { problems, crashes } = await evaluate(inForce, context);
    const byId = new Map(inForce.map((policy) => [policy.id, policy]));
    for (const { of: resource, in: file, excepted, ...problem } of problems) {
      const rule = byId.get(problem.rule);
      const { severity = rule?.severity } = problem;
      if (rule && severity && levelOf({ ...rule, severity }, target.path) === "off") continue;
      const place = file && problem.file === undefined ? this.#files.locate(file, problem.pointer) : undefined;
      const help = excepted && { help: `Exception: ${excepted}` };
      judged.issues.push({
        problem: { ...problem, ...place, ...help },
        ...(resource && { resource }),
        ...(excepted && { waived: true as const }),
      });
    }
    append(judged.issues, crashes.map(crashed));
  }
}

/** Runs a rule that renders. If it fails, the other rules still run. */
async function attempted(
  rule: RuleInfo,
  isOff: (rule: RuleInfo) => boolean,
  find: () => Promise<Issue[]>,
): Promise<Issue[]> {
  if (isOff(rule)) return [];
  try {
    return await find();
  } catch (error) {
    // kustomize cannot be started, so nothing else can be checked either.
    if (error instanceof UserError) throw error;
    return [crashed({ rule: rule.id, message: messageOf(error) })];
  }
}

/** The issue for a policy that threw, which says nothing about the target itself. */
export function crashed({ rule, message }: { readonly rule: string; readonly message: string }): Issue {
  const help = "Fix the policy: it checked nothing here. The other policies still ran.";
  return { problem: { rule, pointer: "", message: `this policy threw: ${message}`, help }, crash: true };
}

function issues(problems: readonly Problem[], resource: Resource): Issue[] {
  return problems.map((problem) => ({ problem, resource }));
}
