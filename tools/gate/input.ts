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
import type { RenderedAs } from "../render/additions.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import type { Outcome, Outcomes } from "./outcomes/outcomes.ts";
import type { VariantOutcome } from "./synced/outcome.ts";
import type { WaiverFile } from "./waivers/file.ts";

/** Everything that a run of the gate depends on. */
export interface GateInput {
  readonly cwd: string;
  /** The original repository, if the targets are those of a revision in another folder. */
  readonly originalRoot?: string | undefined;
  readonly config: LoadedConfig;
  /** The versions of Kubernetes that targets must support. */
  readonly versions: readonly string[];
  /** The targets to check. */
  readonly targets: readonly Target[];
  readonly coverage: Coverage;
  readonly rendering: RenderSettings;
  readonly rules: RunRules;
  readonly waivers: RunWaivers;
  /** Problems of the repository itself: generated files that differ from their models. */
  readonly drift: readonly LocatedProblem[];
  /** The state to compare with: enables the rules that need it, and tells new findings from old ones. */
  readonly base?: BaseRequest | undefined;
  /** The outcomes of earlier runs. */
  readonly outcomes: Outcomes;
  /** Called with each rendered target. */
  readonly onRendered?: (rendered: RenderedTarget) => void;
  /** Called with each target that is rendered as something applies it. */
  readonly onApplied?: (outcome: VariantOutcome, rendered: RenderedAs) => void;
  /** Called after each target. */
  readonly onProgress: (done: number, last: Pick<RenderedTarget, "target" | "durationMs">) => void;
}

/** What part of the repository the targets of a run are. */
interface Coverage {
  /** Targets that other shards of this run check. */
  readonly otherShards: readonly Target[];
  /** The folders of CustomResourceDefinitions in Helm charts. They are not checked, but define kinds. */
  readonly chartDefinitions: readonly Target[];
  /** Whether the targets, with those of other shards, are all configured targets. */
  readonly isComplete: boolean;
}

interface RenderSettings {
  /** Undefined if no target is a kustomization. */
  readonly kustomize: Kustomize | undefined;
  /** Other versions that must render the same. */
  readonly otherKustomizes: readonly Kustomize[];
  readonly jobs: number | undefined;
  /** The output of kustomize in earlier runs. */
  readonly renderings?: Renderings | undefined;
}

/** The rules of a run. What reports need is available at once; the rest is loaded if something has to be checked. */
export interface RunRules {
  readonly byId: ReadonlyMap<string, RuleInfo>;
  /** The severity of a rule in a target. */
  readonly levelOf: LevelOf;
  /** Whether some policies compare targets with each other. */
  readonly compareTargets: boolean;
  readonly load: () => Promise<Ruleset>;
}

interface RunWaivers {
  readonly inForce: WaiverFile;
  /**
   * The waivers of the checked files, if those in force are from another revision; only those that a change may add
   * itself count.
   */
  readonly ofChange?: WaiverFile | undefined;
  /** `2026-11-23`, in UTC; waivers expire. */
  readonly today: string;
}

/** What targets are checked with, in addition to the built-in rules. */
export interface Ruleset {
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
export interface RunResult {
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

/** The fields of an outcome that the report's summary of a target needs. */
export type Summarized = Pick<Outcome, "target" | "failed" | "resources" | "skipped" | "cached" | "kustomize">;
