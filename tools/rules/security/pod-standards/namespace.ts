import type { Severity } from "../../../core/finding.ts";
import { type JsonObject, objectAt, stringAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";
import type { TargetContext } from "../../../policy/define.ts";
import { indexOf, perTarget } from "../../lib/target.ts";

/** How a level of the standards applies to a workload. */
export interface Demand {
  readonly severity: Severity;
  readonly isEnforced: boolean;
  /** Minor versions of the standard: from the namespace's label, otherwise those of the configured API servers. */
  readonly minors: readonly number[];
}

export interface Demands {
  readonly baseline?: Demand;
  readonly restricted?: Demand;
}

const prefix = "pod-security.kubernetes.io/";
const newest = 36;

/** The workloads of a target with the demands on them, computed once for all controls. */
export const demandedIn = perTarget((context) =>
  indexOf(context).workloads.map((workload) => ({ ...workload, demands: demandsOn(workload.resource, context) })),
);

/**
 * What the workload's namespace demands, if it is in the target: https://kubernetes.io/docs/concepts/security/pod-security-admission/.
 * A namespace that is labelled as privileged is a deliberate choice; without a label, baseline is the minimum.
 */
export function demandsOn({ namespace = "" }: Resource, context: TargetContext): Demands {
  const known = demandsOf(context);
  const demands = known.get(namespace) ?? demandsIn(namespace, context);
  known.set(namespace, demands);
  return demands;
}

/** The demands of a target, by namespace. */
const demandsOf = perTarget(() => new Map<string, Demands>());

function demandsIn(namespace: string, context: TargetContext): Demands {
  const labels = labelsOf(indexOf(context).find("Namespace", undefined, namespace));
  const [enforced, ...others] = ["enforce", "warn", "audit"].map((mode) => stringAt(labels, prefix + mode));
  const asked = context.versions?.map((version) => Number(version.split(".")[1])) ?? [newest];
  const error = { severity: "error", minors: minorsOf(labels, "enforce", asked) } as const;
  const warning = { severity: "warning", isEnforced: false, minors: asked } as const;
  const warned = others.includes("restricted");
  // Turning off warnings or audits with `privileged` is a deliberate choice as well.
  const level = enforced ?? (others.includes("privileged") && !warned ? "privileged" : undefined);
  switch (level) {
    case "restricted":
      return { baseline: { ...error, isEnforced: true }, restricted: { ...error, isEnforced: true } };
    case "baseline":
      return { baseline: { ...error, isEnforced: true }, restricted: warning };
    case "privileged":
      return warned ? { restricted: warning } : {};
    default:
      return { baseline: { ...error, isEnforced: false }, restricted: warning };
  }
}

function labelsOf(namespace: Resource | undefined): JsonObject {
  return objectAt(objectAt(namespace?.object, "metadata"), "labels") ?? {};
}

/** The minor of `enforce-version: v1.30`; `latest` means that of the API server. */
function minorsOf(labels: JsonObject, mode: string, asked: readonly number[]): readonly number[] {
  const minor = /^v1\.(\d{1,3})$/.exec(stringAt(labels, `${prefix}${mode}-version`) ?? "")?.[1];
  return minor === undefined ? asked : [Number(minor)];
}
