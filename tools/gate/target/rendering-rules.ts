import { append } from "../../core/append.ts";
import { messageOf, UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import type { RuleInfo } from "../../core/rule.ts";
import type { Scope } from "../../core/scope.ts";
import type { ComponentUsers } from "../../load/component-users.ts";
import type { Violation } from "../../policy/define.ts";
import type { LevelOf } from "../../policy/levels.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { deadPatch } from "../../rules/gitops/dead-patch.ts";
import { overlayScope } from "../../rules/gitops/overlay-scope.ts";
import { rendererParity } from "../../rules/gitops/renderer-parity.ts";
import { SharedBases } from "../../trace/accumulate.ts";
import { SourceFiles } from "../../trace/files.ts";
import type { Shared } from "../../trace/observe.ts";
import { sourceReader } from "../sources.ts";
import { type CheckedTarget, crashIssue, type Issue } from "./checked.ts";
import type { Kustomized } from "./dead-entries.ts";
import { deadPatches } from "./dead-patch.ts";
import { beyondScopes } from "./overlay-scope.ts";
import { PartialRenderings } from "./partial-renderings.ts";
import { rendererDifferences } from "./renderer-parity.ts";
import { ScopeBases } from "./scope-bases.ts";

export interface RenderingRuleOptions {
  readonly cwd: string;
  /** The folder that target names in policies are relative to; absolute. */
  readonly root: string;
  /** The severity of a rule in a target; rules that are off are not run. */
  readonly levelOf: LevelOf;
  /** Other versions of kustomize that must give the same output. */
  readonly otherKustomizes: readonly Kustomize[];
  /** What overlays may change. */
  readonly scopes: readonly Scope[];
  /** The bases of scopes, if rendering them has already started. */
  readonly bases?: ScopeBases;
  readonly users: ComponentUsers;
}

/** The rules that need further renderings: without an entry, of the base, or with another version of kustomize. */
export class RenderingRules {
  readonly #options: RenderingRuleOptions;
  readonly #traced: Shared;
  readonly #bases: ScopeBases;
  readonly #renderings: PartialRenderings;

  constructor(options: RenderingRuleOptions) {
    this.#options = options;
    this.#traced = { files: new SourceFiles(sourceReader(options.cwd)), bases: new SharedBases() };
    this.#bases = options.bases ?? new ScopeBases(options);
    this.#renderings = new PartialRenderings(options.cwd);
  }

  /** The issues of a target. Notes the components whose users affect them. */
  async check(checked: CheckedTarget, resources: readonly Resource[], kustomized: Kustomized): Promise<Issue[]> {
    const { cwd, levelOf, otherKustomizes, scopes } = this.#options;
    const { name, file } = checked.facts;
    const { target, kustomize } = kustomized;
    const isOff = (rule: RuleInfo) => levelOf(rule, name) === "off";
    const place = file === undefined ? {} : { file, line: 1, column: 1 };
    const issueOf = (rule: RuleInfo, { resource, pointer, message }: Violation): Issue => {
      const problem = { rule: rule.id, pointer, message };
      return resource ? { problem, resource } : { problem: { ...problem, ...place } };
    };
    return [
      ...(await attempted(deadPatch, isOff, async () => {
        const users = { of: (components: readonly string[]) => this.#usersOf(components, checked) };
        const dead = await deadPatches([kustomized], this.#renderings, { ...this.#traced, users });
        const counted = dead.filter(([, { severity = deadPatch.severity }]) => !isOff({ ...deadPatch, severity }));
        return counted.map(([, problem]) => ({ problem }));
      })),
      ...(await attempted(overlayScope, isOff, async () => {
        const beyond = await beyondScopes({ name, resources, kustomize }, scopes, this.#bases);
        return beyond.map((violation) => issueOf(overlayScope, violation));
      })),
      ...(await attempted(rendererParity, isOff, async () => {
        const different = await rendererDifferences(target, resources, otherKustomizes, cwd);
        return different.map((violation) => issueOf(rendererParity, violation));
      })),
    ];
  }

  #usersOf(components: readonly string[], checked: CheckedTarget): Promise<string[]> {
    append(checked.components, components);
    return this.#options.users.of(components);
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
    return [crashIssue({ rule: rule.id, message: messageOf(error) })];
  }
}
