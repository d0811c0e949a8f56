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
 * Which resources a policy is about. Every given part must hold; a list means any of its members. Names, namespaces and
 * targets may hold `*` for any characters (in a target: any but `/`).
 */
export interface Match {
  readonly kind?: string | readonly string[];
  /** `apps/v1`, or `apps/*` for every version of a group. */
  readonly apiVersion?: string | readonly string[];
  readonly name?: string | readonly string[];
  readonly namespace?: string | readonly string[];
  /** Labels that the resource must carry. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Paths of targets, relative to the folder of gitops.yaml: `overlays/*`. */
  readonly target?: string | readonly string[];
}

/** What a policy's function says: where in the resource, and what is wrong. */
export interface Violation {
  /** RFC 6901 pointer into the resource; `""` for the whole. */
  readonly pointer: string;
  /** In a text of several lines, how many characters are before what is meant. */
  readonly offset?: number;
  readonly message: string;
  /** Overrides the policy's `fix` where the function knows better. */
  readonly help?: string;
  /** The resource it is about; needed only from `checkTarget`. */
  readonly resource?: Resource;
  /** The kustomization file that the pointer leads into, instead of a resource. */
  readonly kustomization?: KustomizationFile;
  /** A file that is neither, as reports name it: the whole of it. */
  readonly file?: string;
  /** Overrides the policy's own where the circumstances decide how grave it is. */
  readonly severity?: Severity;
  /** What is missing here, and may be in another target that goes to the same cluster: then it is not said. */
  readonly wants?: Wants;
  /** What is not there, where others of the target may name it, too. */
  readonly missing?: Missing;
}

/** What a function of the whole repository says. */
export interface RepositoryViolation extends Violation {
  /** The target that it is said of, by its name. */
  readonly target: string;
}

/** All that one target renders to, and what gitops.yaml says of where it goes. */
export interface TargetContext {
  readonly target: Target;
  readonly resources: readonly Resource[];
  /** What the cluster has already. */
  readonly cluster?: readonly Existing[];
  /** What images expect of their surroundings. */
  readonly contracts?: readonly Contract[];
  /** The versions of Kubernetes that it must suit, as `1.36`. */
  readonly versions?: readonly string[];
  /** The kustomization files that it is made of, its own first; none for manifests. */
  readonly kustomizations?: readonly KustomizationFile[];
}

/** What resources of one sort must satisfy. */
export interface Case {
  /** Beside the policy's own match, which must hold as well. */
  readonly match?: Match;
  readonly schema: JsonObject;
  /** Said instead of the schema's own words; `{/spec/type}` is filled in with the value at that pointer. */
  readonly message?: string;
}

/** What resources of one sort must not be, as Rego's `deny[msg]` has it. */
export interface Denial {
  readonly match?: Match;
  /** A resource that satisfies it is denied; every one that matches when left out. */
  readonly when?: JsonObject;
  /** Where the finding is, into the resource; when left out, where `when` leads as long as it leads to one place. */
  readonly at?: string;
  /** With values filled in, as in a {@link Case}. */
  readonly message: string;
}

/** Resources that a policy is broken by with everybody's knowledge: what it finds in them is counted as waived. */
export interface Exception {
  readonly match: Match;
  readonly reason: string;
}

/**
 * One rule. It judges in exactly one of seven ways: by a JSON Schema (draft-07, ajv in strict mode: a mistyped keyword is
 * an error), by cases of them, by what it denies and warns of, by a pure function of one resource, by one of all that a
 * target renders, by one of a kustomization file that it is made of, or by one of the whole repository. Rules of the gate may
 * judge by the last beside another one.
 */
export interface Policy extends RuleInfo {
  readonly match?: Match;
  /** What every matching resource must satisfy. */
  readonly schema?: JsonObject;
  readonly message?: string;
  /** Different schemas for different targets or resources. */
  readonly cases?: readonly Case[];
  /** What is an error, and what is a warning. */
  readonly deny?: readonly Denial[];
  readonly warn?: readonly Denial[];
  readonly exceptions?: readonly Exception[];
  check?(resource: Resource, context: TargetContext): Iterable<Violation>;
  checkTarget?(context: TargetContext): Iterable<Violation>;
  checkKustomization?(kustomization: KustomizationFile, context: TargetContext): Iterable<Violation>;
  checkRepository?(repository: RepositoryContext): Iterable<RepositoryViolation>;
}

/** Types a policy. Its fields are checked when it is loaded, with those of policies written as data. */
export function definePolicy(policy: Policy): Policy {
  return policy;
}
