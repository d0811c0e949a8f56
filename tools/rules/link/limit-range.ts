import { distinctBy } from "../../core/group.ts";
import { objectAt } from "../../core/json.ts";
import { type Pod, podKinds } from "../../core/pod.ts";
import { at, join, nearestPointer } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import { admittedPod, amountsFor, countedContainers, podInWords, totalsOf } from "../lib/admitted.ts";
import { type Breach, breachesOf, type Given } from "../lib/bounds.ts";
import { claimsMadeBy } from "../lib/claims.ts";
import { inWords } from "../lib/containers.ts";
import { fillerOf, hasOtherRanges, type Limit, limitsOf } from "../lib/limit-ranges.ts";
import { indexOf } from "../lib/target.ts";

/** `PodValidateLimitFunc` and `PersistentVolumeClaimValidateLimitFunc` of k8s.io/kubernetes/plugin/pkg/admission/limitranger. */
export const limitRange = definePolicy({
  id: "link/limit-range",
  severity: "error",
  why: "The API server fills in the defaults of the LimitRanges in a namespace, and then rejects every pod and claim outside their bounds: the workload is created, but its pods never are. https://kubernetes.io/docs/concepts/policy/limit-range/",
  fix: "Set an amount within the bounds, or change the bounds of the LimitRange.",
  match: { kind: [...podKinds, "PersistentVolumeClaim"] },
  *check(resource, context): Generator<Violation> {
    if (indexOf(context).ofKind("LimitRange").length === 0) return;
    const all = [...ofPods(resource, context), ...ofClaims(resource, context)];
    yield* distinctBy(all, ({ pointer, message }) => `${pointer} ${message}`);
  },
});

/** An object with amounts: how messages refer to it, and where its `resources` are. */
interface Judged {
  readonly words: string;
  readonly given: Given;
  readonly pointer: string;
}

function* ofPods(resource: Resource, context: TargetContext): Generator<Violation> {
  const pod = admittedPod(resource, context);
  if (pod === undefined) return;
  const filled = [...aboveFilling(pod, resource, context)];
  yield* filled;
  const reported = filled.map(({ pointer }) => pointer);
  for (const container of countedContainers(pod)) {
    const given = { requests: amountsFor(container, "requests"), limits: amountsFor(container, "limits") };
    const judged = { words: inWords(container, resource), given, pointer: container.pointer };
    for (const violation of beyond(judged, "Container", resource, context))
      if (!reported.includes(violation.pointer)) yield violation;
  }
  const given = { requests: totalsOf(pod, "requests"), limits: totalsOf(pod, "limits") };
  yield* beyond({ words: podInWords(resource), given, pointer: pod.specPointer }, "Pod", resource, context);
}

function* ofClaims(resource: Resource, context: TargetContext): Generator<Violation> {
  for (const { words, object, pointer } of claimsMadeBy(resource)) {
    const requests = objectAt(objectAt(objectAt(object, "spec"), "resources"), "requests") ?? {};
    const judged = { words, given: { requests }, pointer: `${pointer}/spec` };
    yield* beyond(judged, "PersistentVolumeClaim", resource, context);
  }
}

/** Requests above the limit that a LimitRange fills in (`mergePodResourceRequirements`). */
function* aboveFilling(pod: Pod, resource: Resource, context: TargetContext): Generator<Violation> {
  for (const container of countedContainers(pod)) {
    const limits = amountsFor(container, "limits");
    for (const [name, request] of Object.entries(amountsFor(container, "requests"))) {
      const [asked, most] = [amountOf(request), amountOf(limits[name])];
      const isWritten = at(resource.object, join(`${container.pointer}/resources/limits`, name)) !== undefined;
      if (isWritten || asked === undefined || most === undefined || asked <= most) continue;
      const filler = fillerOf(name, resource.namespace, context)?.name;
      yield {
        pointer: join(`${container.pointer}/resources/requests`, name),
        message: `${inWords(container, resource)} has ${withArticle(name)} request of ${request}, above the default limit of ${limits[name]} from LimitRange ${filler}`,
        help: `Also set resources.limits.${name} to ${request} or more, or request less.`,
      };
    }
  }
}

function* beyond(judged: Judged, type: string, resource: Resource, context: TargetContext): Generator<Violation> {
  // A claim without an amount is rejected by itself.
  const isOpen = type === "PersistentVolumeClaim" || hasOtherRanges(resource.namespace, context);
  for (const limit of limitsOf(type, resource.namespace, context)) {
    for (const breach of breachesOf(limit.item, judged.given)) {
      if (!breach.isMissing || !isOpen)
        yield { pointer: placeOf(breach, judged, resource), message: messageOf(breach, judged, limit) };
    }
  }
}

/** The request may come from a limit. */
function placeOf({ name, list }: Breach, { pointer }: Judged, { object }: Resource): string {
  const place = (one: string) => join(`${pointer}/resources/${one}`, name);
  const isLimit = at(object, place(list)) === undefined && at(object, place("limits")) !== undefined;
  return nearestPointer(object, place(isLimit ? "limits" : list));
}

function messageOf(breach: Breach, judged: Judged, { range, item }: Limit): string {
  const edge = String(objectAt(item, breach.bound)?.[breach.name]);
  const rules = {
    min: `requires at least ${edge}`,
    max: `allows at most ${edge}`,
    maxLimitRequestRatio: `allows a limit of at most ${edge} times the request`,
  };
  return `${judged.words} ${saidOf(breach, judged.given)}, but LimitRange ${range.name} ${rules[breach.bound]}`;
}

function saidOf({ bound, name, list, isMissing }: Breach, { requests, limits }: Given): string {
  const [asked, most] = [requests[name], limits?.[name]];
  if (isMissing) return list === "requests" ? `has no ${name} request` : `has no ${name} limit`;
  if (bound === "maxLimitRequestRatio") return `has ${withArticle(name)} request of ${asked} and a limit of ${most}`;
  return list === "requests"
    ? `has ${withArticle(name)} request of ${asked}`
    : `has ${withArticle(name)} limit of ${most}`;
}

/** `a cpu`, `an ephemeral-storage` */
function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}
