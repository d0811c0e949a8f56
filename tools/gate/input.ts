import type { Renderings } from "../cache/renderings.ts";
import type { LoadedConfig } from "../config/config.ts";
import type { Contract } from "../core/contract.ts";
import type { Finding } from "../core/finding.ts";
import type { JsonObject } from "../core/json.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Changes } from "../git/changes.ts";
import type { Revision } from "../git/revision.ts";
import type { Policy } from "../policy/define.ts";
import type { LevelOf } from "../policy/levels.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import type { Summarized } from "./findings.ts";
import type { Outcome, Outcomes } from "./outcomes/outcomes.ts";
import type { WaiverFile } from "./waivers/file.ts";

/** Everything that a run of the gate depends on. */
export interface GateInput {
  readonly cwd: string;
  readonly config: LoadedConfig;
  readonly targets: readonly Target[];
  /** Targets that other shards of this run check. */
  readonly others: readonly Target[];
  /** Whether these, with those of other shards, are all configured targets. */
  readonly whole: boolean;
  /** Undefined if no target is a kustomization. */
  readonly kustomize: Kustomize | undefined;
  /** Other versions that must render the same. */
  readonly renderers: readonly Kustomize[];
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
  /** Called only if a target must be checked. */
  readonly judging: () => Promise<Judging>;
  /** Whether some policies compare targets with each other. */
  readonly compares: boolean;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** The severity of a rule in a target. */
  readonly levelOf: LevelOf;
  readonly waivers: WaiverFile;
  /**
   * The waivers of the checked files, if `waivers` are from another revision; only those that a change may add itself
   * count.
   */
  readonly ownWaivers?: WaiverFile | undefined;
  /** `2026-11-23`, in UTC; for waivers, which expire. */
  readonly today: string;
  /** Problems of the repository itself: generated files that differ. */
  readonly repository: readonly LocatedProblem[];
  /** The state to compare with: enables the rules that need it, and tells new findings from old ones. */
  readonly base?: BaseRequest | undefined;
  /** The outcomes of earlier runs. */
  readonly outcomes: Outcomes;
  /** The output of kustomize in earlier runs. */
  readonly renderings?: Renderings | undefined;
  /** The original repository, if the targets are those of a revision in another folder. */
  readonly of?: string | undefined;
  /** Called with each rendered target. */
  readonly rendered?: (rendered: RenderedTarget) => void;
  /** Called after each target. */
  readonly progress: (done: number, last: Pick<RenderedTarget, "target" | "durationMs">) => void;
}

/** What targets are checked with, in addition to the built-in rules. */
export interface Judging {
  readonly policies: readonly Policy[];
  readonly contracts: readonly Contract[];
  /** CustomResourceDefinitions from the configuration. */
  readonly crds: readonly JsonObject[];
}

/** The base that a run compares targets with. */
export interface BaseRequest {
  readonly revision: Revision;
  /** The changes since the base; undefined if everything counts as changed. */
  readonly changes: Promise<Changes | undefined>;
  /** The targets on the command line. If empty, each side uses the targets of its own configuration. */
  readonly words: readonly string[];
  /** The kustomize for the base, if it needs a different one. */
  readonly kustomize: Kustomize | undefined;
  /** Finds a kustomize if only the base has kustomizations. */
  readonly findKustomize: () => Promise<Kustomize>;
  /**
   * How many objects may be deleted from a target, unless an override sets a limit; undefined for the configured limit.
   */
  readonly maxDeletions: number | undefined;
  /** Whether the waivers of the run also apply to the base. */
  readonly isWaivedAlike: boolean;
}

/** The results of a run, before they are turned into a report. */
export interface Found {
  readonly targets: readonly Summarized[];
  /** Including waived findings. */
  readonly findings: readonly Finding[];
  /** Findings at the base that no longer exist. */
  readonly fixed?: readonly Finding[] | undefined;
  readonly crashed: boolean;
  readonly unknown: readonly string[];
  readonly outcomes?: readonly Outcome[];
  readonly facts?: readonly TargetFacts[];
}
