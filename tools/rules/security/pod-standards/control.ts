import type { JsonObject } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import { type Container, containersOf, type Pod } from "../../../core/pod.ts";
import { definePolicy, type Policy, type TargetContext, type Violation } from "../../../policy/define.ts";
import { demandedIn } from "./namespace.ts";

/** What breaks a control, and where. */
export interface Fault {
  readonly pointer: string;
  /** The end of a sentence that begins with the workload: `may gain privileges`. */
  readonly message: string;
  /** Overrides the control's fix. */
  readonly help?: string;
  /** The admission refuses it, and yet it is right as it is: nobody is told. */
  readonly isRight?: boolean;
}

/** A control of the Pod Security Standards, https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
export interface Control {
  readonly id: string;
  readonly level: "baseline" | "restricted";
  /** What the admission calls it when it refuses a pod. */
  readonly reason: string;
  readonly why: string;
  readonly fix: string;
  /** The control of the baseline that this one takes the place of. What that one says is not said twice. */
  readonly overrides?: Control;
  /** @param minor of the standard's version: 36 for v1.36. */
  readonly check: (pod: Pod, minor: number) => Iterable<Fault>;
}

/**
 * The rule of a control. One of the baseline is an error wherever the namespace does not say that it is privileged; one
 * of restricted is an error where the namespace enforces it, else a warning.
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
      const enforced = demand.isEnforced ? `; its namespace enforces ${control.level}, and refuses its pods` : "";
      const what = `${resource.kind} ${resource.name} ${message}${enforced}`;
      yield { resource, pointer, message: what, severity: demand.severity, ...(help !== undefined && { help }) };
    }
  }
}

/** Of several versions of the standard, each place is told once. */
function faultsOf(control: Control, pod: Pod, minors: readonly number[]): Iterable<Fault> {
  const faults = minors.flatMap((minor) => faultsIn(control, pod, minor));
  if (faults.length < 2) return faults;
  const told = new Set<string>();
  return faults.filter(({ pointer }) => !told.has(pointer) && told.add(pointer));
}

function faultsIn({ check, overrides }: Control, pod: Pod, minor: number): Fault[] {
  const faults = [...check(pod, minor)];
  if (faults.length === 0 || overrides === undefined) return faults;
  const told = new Set([...overrides.check(pod, minor)].map(({ pointer }) => pointer));
  return faults.filter(({ pointer }) => !told.has(pointer));
}

/** A security context: that of a container, or that of the pod. */
export interface Setting {
  /** `container php-redis`, or nothing for the pod's own. */
  readonly of: Container | undefined;
  readonly pointer: string;
  readonly object: JsonObject;
}

/** The security contexts that are written, the pod's own first. */
export const settingsOf = once((pod: Pod): readonly Setting[] =>
  [settingAt(pod.spec, pod.specPointer), ...containersOf(pod).map((one) => settingIn(one))].filter(
    (setting) => setting !== undefined,
  ),
);

export function settingIn(container: Container): Setting | undefined {
  return settingAt(container.object, container.pointer, container);
}

function settingAt({ securityContext }: JsonObject, pointer: string, of?: Container): Setting | undefined {
  const isThere = typeof securityContext === "object" && securityContext !== null && !Array.isArray(securityContext);
  return isThere ? { of, pointer: `${pointer}/securityContext`, object: securityContext } : undefined;
}

/** Where what a container lacks would be written. */
export function placeIn(container: Container): string {
  return settingIn(container)?.pointer ?? container.pointer;
}

/** `in container a`, or nothing for what the whole pod has. */
export function inWords(of: Container | undefined): string {
  return of === undefined ? "for all containers" : `in container ${of.name}`;
}

/** Pods of Windows have no such thing as capabilities; the standard leaves them out since 1.25. */
export function isWindows({ spec: { os } }: Pod): boolean {
  return typeof os === "object" && os !== null && !Array.isArray(os) && os.name === "windows";
}

/** Root in a user namespace of the pod's own is nobody outside of it; the standard knows that since 1.35. */
export function hasOwnUsers({ spec }: Pod, minor: number): boolean {
  return minor >= 35 && spec.hostUsers === false;
}
