import type { Contract } from "../core/contract.ts";
import type { Existing } from "../core/existing.ts";
import type { Missing, Severity, Wants } from "../core/finding.ts";
import type { JsonObject } from "../core/json.ts";
import type { KustomizationFile } from "../core/kustomization.ts";
import type { RepositoryContext } from "../core/repository.ts";
import type { Resource, Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";

export type { Json, JsonObject } from "../core/json.ts";
export type { Resource, Target } from "../core/resource.ts";

/**
 * Which resources a policy applies to. All given fields must match; a list matches if any of its members does. Names,
 * namespaces and targets may contain `*` for any characters (in a target: any but `/`).
 */
export interface Match {
  readonly kind?: string | readonly string[];
  /** `apps/v1`, or `apps/*` for every version of a group. */
  readonly apiVersion?: string | readonly string[];
  readonly name?: string | readonly string[];
  readonly namespace?: string | readonly string[];
  /** Labels that the resource must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Paths of targets, relative to the folder of gitops.yaml: `overlays/*`. */
  readonly target?: string | readonly string[];
}

/** What a policy's function reports: what is wrong, and where in the resource. */
export interface Violation {
  /** RFC 6901 pointer into the resource; `""` for the whole. */
  readonly pointer: string;
  /** In a text of several lines, the number of characters before the problem. */
  readonly offset?: number;
  readonly message: string;
  /** Overrides the policy's `fix` with more specific advice. */
  readonly help?: string;
  /** The resource it is about; needed only from `checkTarget`. */
  readonly resource?: Resource;
  /** The kustomization file that the pointer refers to, instead of a resource. */
  readonly kustomization?: KustomizationFile;
  /** Another file as a whole, with its path as shown in reports. */
  readonly file?: string;
  /** Overrides the policy's severity if it depends on the circumstances. */
  readonly severity?: Severity;
  /** A missing object; the violation is dropped if another target for the same cluster has it. */
  readonly wants?: Wants;
  /** A missing object that other resources of the target may refer to as well. */
  readonly missing?: Missing;
}

/** What a function of the whole repository reports. */
export interface RepositoryViolation extends Violation {
  /** The name of the target that it is about. */
  readonly target: string;
}

/** Everything that one target renders, and what gitops.yaml says about its cluster. */
export interface TargetContext {
  readonly target: Target;
  readonly resources: readonly Resource[];
  /** What already exists in the cluster. */
  readonly cluster?: readonly Existing[];
  /** What images expect of their environment. */
  readonly contracts?: readonly Contract[];
  /** The versions of Kubernetes that it must work with: `1.36`. */
  readonly versions?: readonly string[];
  /** The kustomization files that it is built from, its own first; none for manifests. */
  readonly kustomizations?: readonly KustomizationFile[];
  /** There is more, which is not known: charts, plugins and remote entries of its kustomizations. */
  readonly isPartial?: true;
}

/** A schema that some resources must satisfy. */
export interface Case {
  /** In addition to the policy's own match, which must apply as well. */
  readonly match?: Match;
  readonly schema: JsonObject;
  /** Replaces the message of the schema; `{/spec/type}` becomes the value at that pointer. */
  readonly message?: string;
}

/** What some resources must not be, like Rego's `deny[msg]`. */
export interface Denial {
  readonly match?: Match;
  /** A resource that satisfies this schema is denied; if omitted, every resource that matches. */
  readonly when?: JsonObject;
  /** Pointer to the finding in the resource; by default, the only field that `when` describes. */
  readonly at?: string;
  /** With placeholders for values, as in a {@link Case}. */
  readonly message: string;
}

/** Resources that are known to violate a policy: findings about them are counted as waived. */
export interface Exception {
  readonly match: Match;
  readonly reason: string;
}

/**
 * One rule. It judges in exactly one of seven ways: by a JSON Schema (draft-07, ajv in strict mode: a mistyped keyword is
 * an error), by several schemas as cases, by what it denies and warns about, or by a pure function of one resource, of one
 * target, of one kustomization file, or of the whole repository. Rules of the gate itself may combine the last with another.
 */
export interface Policy extends RuleInfo {
  readonly match?: Match;
  /** What every matching resource must satisfy. */
  readonly schema?: JsonObject;
  readonly message?: string;
  /** Different schemas for different targets or resources. */
  readonly cases?: readonly Case[];
  /** `deny` reports errors, `warn` warnings. */
  readonly deny?: readonly Denial[];
  readonly warn?: readonly Denial[];
  readonly exceptions?: readonly Exception[];
  check?(resource: Resource, context: TargetContext): Iterable<Violation>;
  checkTarget?(context: TargetContext): Iterable<Violation>;
  checkKustomization?(kustomization: KustomizationFile, context: TargetContext): Iterable<Violation>;
  checkRepository?(repository: RepositoryContext): Iterable<RepositoryViolation>;
}

/** Gives a policy its type. Its fields are checked when it is loaded, like those of policies written as data. */
export function definePolicy(policy: Policy): Policy {
  return policy;
}
