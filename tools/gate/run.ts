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
import type { Outcome, Outcomes } from "./outcome.ts";
import type { WaiverFile } from "./waiver-file.ts";

/** Everything a run of the gate depends on. */
export interface GateInput {
  readonly cwd: string;
  readonly config: LoadedConfig;
  readonly targets: readonly Target[];
  /** Targets that other shards of this run judge. */
  readonly others: readonly Target[];
  /** They are all that the configuration names, with those of other shards. */
  readonly whole: boolean;
  /** Undefined when no target is a kustomization. */
  readonly kustomize: Kustomize | undefined;
  /** Others that must render the same. */
  readonly renderers: readonly Kustomize[];
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
  /** Asked for only where a target has to be judged. */
  readonly judging: () => Promise<Judging>;
  /** Among the policies are some that hold targets against each other. */
  readonly compares: boolean;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** How grave a rule is in a target. */
  readonly levelOf: LevelOf;
  readonly waivers: WaiverFile;
  /** Those of what is judged, where another revision judges: of them only what a change may say for itself counts. */
  readonly ownWaivers?: WaiverFile | undefined;
  /** `2026-11-23`, in UTC: waivers end. */
  readonly today: string;
  /** Problems of the repository itself: generated files that differ. */
  readonly repository: readonly LocatedProblem[];
  /** What is applied now: adds the rules that need it, and tells what is new. */
  readonly base?: BaseRequest | undefined;
  /** What earlier runs came to. */
  readonly outcomes: Outcomes;
  /** What kustomize printed in them. */
  readonly renderings?: Renderings | undefined;
  /** The repository that the targets are of, where they are those of a revision in another folder. */
  readonly of?: string | undefined;
  /** Gets what is rendered. */
  readonly rendered?: (rendered: RenderedTarget) => void;
  /** Told after each target. */
  readonly progress: (done: number, last: Pick<RenderedTarget, "target" | "durationMs">) => void;
}

/** What judges, beside the gate's own rules. */
export interface Judging {
  readonly policies: readonly Policy[];
  readonly contracts: readonly Contract[];
  /** CustomResourceDefinitions that the configuration names. */
  readonly crds: readonly JsonObject[];
}

export interface BaseRequest {
  readonly revision: Revision;
  /** What has changed since; undefined where all is taken for changed. */
  readonly changes: Promise<Changes | undefined>;
  /** The targets that were asked for; nothing stands for those of the configuration, on each side its own. */
  readonly words: readonly string[];
  /** That of the base, where it has one of its own. */
  readonly kustomize: Kustomize | undefined;
  /** Finds one where the base has kustomizations, and the working tree none. */
  readonly findKustomize: () => Promise<Kustomize>;
  /** How many objects may be deleted from a target for which the configuration says nothing. */
  readonly maxDeletions: number | undefined;
  /** Whether the waivers of the run hold for the base too. */
  readonly isWaivedAlike: boolean;
}

/** What a run has found, before it is laid out. */
export interface Found {
  readonly targets: readonly Summarized[];
  /** With what is waived. */
  readonly findings: readonly Finding[];
  /** What was found at the base, and is no more. */
  readonly fixed?: readonly Finding[] | undefined;
  readonly crashed: boolean;
  readonly unknown: readonly string[];
  readonly outcomes?: readonly Outcome[];
  readonly facts?: readonly TargetFacts[];
}
