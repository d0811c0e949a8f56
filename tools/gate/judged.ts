import type { TargetFacts } from "../core/repository.ts";
import type { LocatedProblem, Resource, Target } from "../core/resource.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { Definition } from "./definitions.ts";

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
  /** CustomResourceDefinitions in it, which count for other targets too. */
  readonly crds: readonly Definition[];
  /** What it means for rules that hold one target against another. */
  readonly facts: TargetFacts;
  /** Policies of the configuration that are about nothing in it. */
  readonly idle: string[];
  /** Milliseconds that rendering took. */
  readonly ms: number;
  /** The kustomize that rendered it. */
  readonly by: Kustomize | undefined;
  /** Folders of components about whose users something was asked. */
  readonly components: string[];
  /** Resources of kinds that nothing is known of yet: the schema may be in another target. */
  readonly waiting: readonly Resource[];
}
