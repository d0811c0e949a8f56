import { isObject, type Json, stringAt, stringsAt } from "../../core/json.ts";
import type { Pod } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import { type Placed, valuesAt } from "./places.ts";

/** What a pod requires of a label of its node. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  readonly pointer: string;
}

/** Requirements that one node must satisfy together. */
export interface NodeTerm {
  readonly requirements: readonly NodeRequirement[];
  /** Without such a node, the pod stays Pending. */
  readonly isRequired: boolean;
}

const nodeAffinity = "affinity/nodeAffinity";
const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";

/** The nodeSelector of a pod, and the terms of its nodeAffinity. One of several required terms is enough. */
export function nodeTermsOf({ spec, specPointer }: Pod): { selector: NodeRequirement[]; terms: NodeTerm[] } {
  const selector = Object.entries(isObject(spec.nodeSelector) ? spec.nodeSelector : {}).map(([key, value]) => {
    const pointer = join(`${specPointer}/nodeSelector`, key);
    return { key, operator: "In", values: [String(value)], pointer };
  });
  const termsAt = (path: string) =>
    valuesAt(spec, path).map(({ value, pointer }) => requirementsIn(value, specPointer + pointer));
  const needed = termsAt(`${nodeAffinity}/${required}/nodeSelectorTerms/*`);
  const liked = termsAt(`${nodeAffinity}/${preferred}/*/preference`);
  const terms = [
    ...needed.map((requirements) => ({ requirements, isRequired: needed.length === 1 })),
    ...liked.map((requirements) => ({ requirements, isRequired: false })),
  ];
  return { selector, terms };
}

function requirementsIn(term: Json, at: string): NodeRequirement[] {
  return valuesAt(term, "matchExpressions/*").flatMap(({ value, pointer }) => {
    if (!isObject(value)) return [];
    const [key = "", operator = ""] = [stringAt(value, "key"), stringAt(value, "operator")];
    return [{ key, operator, values: stringsAt(value, "values"), pointer: at + pointer }];
  });
}

const ofPods = ["podAffinity", "podAntiAffinity"].flatMap((kind) => [
  `affinity/${kind}/${required}/*/topologyKey`,
  `affinity/${kind}/${preferred}/*/podAffinityTerm/topologyKey`,
]);

/** The labels of nodes by which a pod is kept near others, or apart from them. */
export function topologyKeysOf({ spec, specPointer }: Pod): Placed[] {
  return [...ofPods, "topologySpreadConstraints/*/topologyKey"].flatMap((path) =>
    valuesAt(spec, path).map(({ value, pointer }) => ({ value, pointer: specPointer + pointer })),
  );
}
