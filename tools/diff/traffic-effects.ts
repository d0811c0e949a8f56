import type { Resource } from "../core/resource.ts";
import type { TargetContext, Violation } from "../policy/define.ts";
import { shutBy } from "../rules/lib/network.ts";
import { backendsOf } from "../rules/lib/selection.ts";
import { indexOf } from "../rules/lib/target.ts";
import { serviceNoEndpoints } from "../rules/link/service-no-endpoints.ts";
import { targetPort } from "../rules/link/target-port.ts";
import type { Draft } from "./draft.ts";
import { effectsOf } from "./effect.ts";
import type { FieldEffects } from "./field-effects.ts";
import { objectId } from "./match.ts";

/** A Service that loses all its endpoints. */
interface LostService {
  readonly service: Resource;
  readonly message: string;
  readonly help: string | undefined;
  /** The workloads that it sent traffic to. */
  readonly backends: readonly Resource[];
}

/** The Services that a change leaves without endpoints. */
function lostServices(before: TargetContext, after: TargetContext): LostService[] {
  return servicesOfBoth(before, after).flatMap(([was, service]) => {
    if (violationsOf(was, before).length > 0) return [];
    const backends = (backendsOf(was, before) ?? []).map(({ resource }) => resource);
    const [first] = [...violationsOf(service, after), ...emptied(service, backends, after)];
    return first === undefined ? [] : [{ service, message: first.message, help: first.help, backends }];
  });
}

/** A Service whose pods no client may reach any more, and the policies that block it. */
interface BlockedService {
  readonly service: Resource;
  readonly policies: readonly Resource[];
}

/** The Services whose pods become unreachable. Policies in other targets may still allow traffic, so this is no error. */
function blockedServices(before: TargetContext, after: TargetContext): BlockedService[] {
  const policiesOf = (service: Resource, context: TargetContext) => {
    const each = (backendsOf(service, context) ?? []).map((one) => shutBy(one, context));
    return each.every((policies) => policies.length > 0) ? [...new Set(each.flat())] : [];
  };
  return servicesOfBoth(before, after).flatMap(([was, service]) => {
    const policies = policiesOf(was, before).length > 0 ? [] : policiesOf(service, after);
    return policies.length > 0 ? [{ service, policies }] : [];
  });
}

/** The Services that exist before and after, in both states. */
function servicesOfBoth(before: TargetContext, after: TargetContext): (readonly [Resource, Resource])[] {
  const old = new Map(servicesIn(before).map((service) => [objectId(service), service]));
  return servicesIn(after).flatMap((service) => {
    const was = old.get(objectId(service));
    return was === undefined ? [] : [[was, service] as const];
  });
}

function servicesIn(context: TargetContext): readonly Resource[] {
  return indexOf(context).ofKind("Service");
}

/** Only a Service that had backends in this target can lose them: others may select pods of another target. */
function emptied(service: Resource, backends: readonly Resource[], after: TargetContext): Violation[] {
  if (backends.length === 0 || backendsOf(service, after)?.length !== 0) return [];
  return [{ pointer: "/spec/selector", message: `Service ${service.name} no longer selects any pods` }];
}

/** The findings of the gate's rules about a Service that reaches no pods. */
function violationsOf(service: Resource, context: TargetContext): Violation[] {
  return [serviceNoEndpoints, targetPort].flatMap((rule) => [...(rule.check?.(service, context) ?? [])]);
}

/** The fields that decide whether a Service finds pods. */
const decisive = [
  ["spec", "selector"],
  ["spec", "ports"],
  ["spec", "replicas"],
  ["spec", "template", "metadata", "labels"],
  ["spec", "template", "spec", "containers"],
];

/** Adds Services that become unreachable to the changes that cause it. */
export function addTrafficEffects(drafts: readonly Draft[], before: TargetContext, after: TargetContext): void {
  if (drafts.length === 0) return;
  judgeLost(drafts, before, after);
  judgeBlocked(drafts, before, after);
}

function judgeBlocked(drafts: readonly Draft[], before: TargetContext, after: TargetContext): void {
  for (const { service, policies } of blockedServices(before, after)) {
    const message = `no client can reach the pods of Service ${service.name} any more: no NetworkPolicy in the target allows any ingress`;
    const help = "Allow its clients in an ingress rule of a NetworkPolicy that selects its pods.";
    for (const { pair, reasons } of drafts)
      if (pair.after !== undefined && policies.includes(pair.after))
        reasons.push({ effect: "traffic-loss", message, help });
  }
}

function judgeLost(drafts: readonly Draft[], before: TargetContext, after: TargetContext): void {
  for (const { service, message, help, backends } of lostServices(before, after)) {
    for (const draft of drafts) {
      const { pair } = draft;
      if (pair.after !== service && !(pair.before && backends.includes(pair.before))) continue;
      const fields = draft.fields.filter(isDecisive);
      if (draft.action === "changed" && fields.length === 0 && pair.link === "same") continue;
      draft.reasons.push({ effect: "traffic-loss", message, ...(help !== undefined && { help }) });
      draft.fields = draft.fields.map((field) =>
        fields.includes(field) ? { ...field, effects: effectsOf(["traffic-loss", ...field.effects]) } : field,
      );
    }
  }
}

function isDecisive({ pattern }: FieldEffects): boolean {
  return decisive.some((path) => path.every((token, index) => index >= pattern.length || token === pattern[index]));
}
