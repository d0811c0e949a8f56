import type { JsonObject } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import { type Container, containersOf, type Pod } from "../../../core/pod.ts";
import { definePolicy, type Policy, type TargetContext, type Violation } from "../../../policy/define.ts";
import { demandedIn } from "./namespace.ts";

/** A violation of a control. */
export interface Fault {
  readonly pointer: string;
  /** The rest of a sentence that begins with the workload: `may gain privileges`. */
  readonly message: string;
  /** Overrides the control's fix. */
  readonly help?: string;
  /** Admission rejects it, but it is correct: it is not reported. */
  readonly isRight?: boolean;
}

/** A control of the Pod Security Standards, https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
export interface Control {
  readonly id: string;
  readonly level: "baseline" | "restricted";
  /** How Pod Security admission names the control when it rejects a pod. */
  readonly reason: string;
  readonly why: string;
  readonly fix: string;
  /** The baseline control that this control extends; faults of the former are not reported twice. */
  readonly overrides?: Control;
  /** @param minor minor version of the standard: 36 for v1.36. */
  readonly check: (pod: Pod, minor: number) => Iterable<Fault>;
}

/**
 * The rule of a control. A baseline control is an error unless the namespace is labelled as privileged; a restricted
 * control is an error if the namespace enforces it, otherwise a warning.
 */
export function ruleOf(control: Control): Policy {
  const { id, why, fix } = control;
  return definePolicy({
    id,
    severity: "error",
    why: `${why} https://kubernetes.io/docs/concepts/security/pod-security-standards/`,
    fix,
    checkTarget: (context) => violations(control, context),
  });
}

function* violations(control: Control, context: TargetContext): Generator<Violation> {
  for (const { resource, pod, demands } of demandedIn(context)) {
    const demand = demands[control.level];
    if (demand === undefined) continue;
    for (const { pointer, message, help, isRight } of faultsOf(control, pod, demand.minors)) {
      if (isRight) continue;
      const enforced = demand.isEnforced ? `; its namespace enforces ${control.level} and rejects its pods` : "";
      const what = `${resource.kind} ${resource.name} ${message}${enforced}`;
      yield { resource, pointer, message: what, severity: demand.severity, ...(help !== undefined && { help }) };
    }
  }
}

/** Reports each place once, even if it breaks several versions of the standard. */
function faultsOf(control: Control, pod: Pod, minors: readonly number[]): Iterable<Fault> {
  const faults = minors.flatMap((minor) => faultsIn(control, pod, minor));
  if (faults.length < 2) return faults;
  const reported = new Set<string>();
  return faults.filter(({ pointer }) => !reported.has(pointer) && reported.add(pointer));
}

function faultsIn({ check, overrides }: Control, pod: Pod, minor: number): Fault[] {
  const faults = [...check(pod, minor)];
  if (faults.length === 0 || overrides === undefined) return faults;
  const reported = new Set([...overrides.check(pod, minor)].map(({ pointer }) => pointer));
  return faults.filter(({ pointer }) => !reported.has(pointer));
}

/** The security context of a container or of the pod. */
export interface Setting {
  /** Undefined for the pod's own. */
  readonly of: Container | undefined;
  readonly pointer: string;
  readonly object: JsonObject;
}

/** The security contexts that are set, the pod's own first. */
export const settingsOf = once((pod: Pod): readonly Setting[] =>
  [settingAt(pod.spec, pod.specPointer), ...containersOf(pod).map((one) => settingIn(one))].filter(
    (setting) => setting !== undefined,
  ),
);

/** The security context of a container, if it is set. */
export function settingIn(container: Container): Setting | undefined {
  return settingAt(container.object, container.pointer, container);
}

function settingAt({ securityContext }: JsonObject, pointer: string, of?: Container): Setting | undefined {
  const isThere = typeof securityContext === "object" && securityContext !== null && !Array.isArray(securityContext);
  return isThere ? { of, pointer: `${pointer}/securityContext`, object: securityContext } : undefined;
}

/** Pointer to the security context of a container, or to the container if it has none. */
export function placeIn(container: Container): string {
  return settingIn(container)?.pointer ?? container.pointer;
}

/** `in container a`, or `for all containers` if the pod's own setting is meant. */
export function inWords(of: Container | undefined): string {
  return of === undefined ? "for all containers" : `in container ${of.name}`;
}

/** Whether a pod is for Windows, which has no capabilities; the standard exempts it since 1.25. */
export function isWindows({ spec: { os } }: Pod): boolean {
  return typeof os === "object" && os !== null && !Array.isArray(os) && os.name === "windows";
}

/** Whether a pod has its own user namespace, in which root has no rights outside; the standard allows it since 1.35. */
export function hasOwnUsers({ spec }: Pod, minor: number): boolean {
  return minor >= 35 && spec.hostUsers === false;
}
