import type { TargetFacts } from "../../core/repository.ts";
import type { LocatedProblem, Resource, Target } from "../../core/resource.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import type { Definition } from "./definitions.ts";

/** A problem of a target or one of its resources. */
export interface Issue {
  readonly problem: LocatedProblem;
  readonly resource?: Resource;
  /** The policy makes an exception for the resource. */
  readonly waived?: true;
  /** The rule itself failed: an error regardless of its severity, since the check is incomplete. */
  readonly crash?: true;
}

/** The issue for a policy that threw, which says nothing about the target itself. */
export function crashIssue({ rule, message }: { readonly rule: string; readonly message: string }): Issue {
  const help = "Fix the policy: it checked nothing here. The other policies still ran.";
  return { problem: { rule, pointer: "", message: `this policy threw: ${message}`, help }, crash: true };
}

/** A target with all its issues. */
export interface CheckedTarget {
  readonly target: Target;
  readonly resources: number;
  /** It did not render, or only in part, or its files did not parse, so its resources are incomplete. */
  readonly failed: boolean;
  /** The number of resources without a schema for which that is accepted. */
  skipped: number;
  readonly issues: Issue[];
  /** Its CustomResourceDefinitions, which also apply to other targets. */
  readonly crds: readonly Definition[];
  /** Facts for the rules that compare targets with each other. */
  readonly facts: TargetFacts;
  /** Ids of configured policies that match nothing in it. */
  readonly unmatched: string[];
  /** Rendering time in milliseconds. */
  readonly ms: number;
  /** The kustomize that rendered it. */
  readonly kustomize: Kustomize | undefined;
  /** Folders of components whose users affect the result. */
  readonly components: string[];
  /** Resources of kinds that are not known yet; the schema may be in another target. */
  readonly waiting: readonly Resource[];
}
