import type { Resource } from "../core/resource.ts";
import type { TargetContext, Violation } from "../policy/define.ts";
import { shutBy } from "../rules/lib/network.ts";
import { backendsOf } from "../rules/lib/selection.ts";
import { indexOf } from "../rules/lib/target.ts";
import { serviceNoEndpoints } from "../rules/link/service-no-endpoints.ts";
import { targetPort } from "../rules/link/target-port.ts";
import type { Draft } from "./draft.ts";
import { effectsOf } from "./effect.ts";
import type { JudgedField } from "./judge.ts";
import { objectId } from "./match.ts";

/** A Service that had endpoints, and has none any more. */
export interface LostService {
  readonly service: Resource;
  readonly message: string;
  readonly help: string | undefined;
  /** The workloads that it sent to. */
  readonly backends: readonly Resource[];
}

/** The Services of a target that a change leaves without endpoints. */
export function lostServices(before: TargetContext, after: TargetContext): LostService[] {
  return servicesOfBoth(before, after).flatMap(([was, service]) => {
    if (violationsOf(was, before).length > 0) return [];
    const backends = (backendsOf(was, before) ?? []).map(({ resource }) => resource);
    const [first] = [...violationsOf(service, after), ...emptied(service, backends, after)];
    return first === undefined ? [] : [{ service, message: first.message, help: first.help, backends }];
  });
}

/** A Service whose pods nobody may reach any more, and the policies that it is due to. */
interface ShutService {
  readonly service: Resource;
  readonly policies: readonly Resource[];
}

/** The Services of which a change lets nobody reach a pod. Other targets may allow more: it is told, and no error. */
function shutServices(before: TargetContext, after: TargetContext): ShutService[] {
  const policiesOf = (service: Resource, context: TargetContext) => {
    const each = (backendsOf(service, context) ?? []).map((one) => shutBy(one, context));
    return each.every((policies) => policies.length > 0) ? [...new Set(each.flat())] : [];
  };
  return servicesOfBoth(before, after).flatMap(([was, service]) => {
    const policies = policiesOf(was, before).length > 0 ? [] : policiesOf(service, after);
    return policies.length > 0 ? [{ service, policies }] : [];
  });
}

/** The Services that are there before and after, as they were and as they are. */
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

/** A target without any workload is no fault by itself: its Services may select pods of another one. */
function emptied(service: Resource, backends: readonly Resource[], after: TargetContext): Violation[] {
  if (backends.length === 0 || backendsOf(service, after)?.length !== 0) return [];
  return [{ pointer: "/spec/selector", message: `Service ${service.name} selects no pod any more` }];
}

/** What the rules of the gate say of a Service that reaches no pod. */
function violationsOf(service: Resource, context: TargetContext): Violation[] {
  return [serviceNoEndpoints, targetPort].flatMap((rule) => [...(rule.check?.(service, context) ?? [])]);
}

/** What decides whether a Service finds pods. */
const decisive = [
  ["spec", "selector"],
  ["spec", "ports"],
  ["spec", "replicas"],
  ["spec", "template", "metadata", "labels"],
  ["spec", "template", "spec", "containers"],
];

/** A Service that nobody reaches any more, told with what keeps them away. */
export function judgeTraffic(drafts: readonly Draft[], before: TargetContext, after: TargetContext): void {
  if (drafts.length === 0) return;
  judgeLost(drafts, before, after);
  judgeShut(drafts, before, after);
}

function judgeShut(drafts: readonly Draft[], before: TargetContext, after: TargetContext): void {
  for (const { service, policies } of shutServices(before, after)) {
    const message = `nobody may reach the pods of Service ${service.name} any more: no NetworkPolicy of the target admits anyone`;
    const help = "Admit who calls it, in an ingress rule of a NetworkPolicy that selects its pods.";
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

function isDecisive({ pattern }: JudgedField): boolean {
  return decisive.some((path) => path.every((token, index) => index >= pattern.length || token === pattern[index]));
}
