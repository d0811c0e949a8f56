import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { containersOf, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { keptQuantity } from "../lib/canonical-quantity.ts";
import { groupKind } from "../lib/target.ts";

/**
 * What is stored otherwise than it was written. Argo CD compares kinds that are built in as Go reads them, so that another
 * way of writing the same amount (`1000m`) is in sync; what is another value is not.
 */
export const neverInSync = definePolicy({
  id: "gitops/never-in-sync",
  severity: "warning",
  why: "What the API server or a controller rewrites differs from Git at once: Argo CD shows OutOfSync for ever, and with selfHeal applies it again and again. https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/",
  fix: "Write it as it is stored, or leave it to whoever rewrites it.",
  *check(resource): Generator<Violation> {
    for (const { amounts, pointer } of amountsIn(resource)) yield* rewritten(amounts, pointer);
    yield* rewrittenByOthers(resource);
  },
});

function* rewritten(amounts: JsonObject, at: string): Generator<Violation> {
  for (const [name, value] of Object.entries(amounts)) {
    const kept = keptQuantity(value);
    if (kept?.rounded !== true) continue;
    const message = `${name}: ${String(value)} is stored as ${kept.text}, which is another amount`;
    yield { pointer: join(at, name), message, help: `Write ${kept.text}.` };
  }
}

interface Amounts {
  readonly amounts: JsonObject;
  readonly pointer: string;
}

/** Lists of amounts: of containers and pods, claims, quotas, limits of a namespace and volumes. */
function amountsIn(resource: Resource): Amounts[] {
  const pod = podOf(resource);
  const ofPod = pod
    ? [{ object: pod.spec, pointer: pod.specPointer }, ...containersOf(pod)].flatMap(({ object, pointer }) =>
        requirements(object, pointer),
      )
    : [];
  return [...ofPod, ...ofKind(resource)];
}

function requirements(holder: JsonObject, pointer: string): Amounts[] {
  const resources = objectAt(holder, "resources");
  return ["limits", "requests"].flatMap((field) => amountsAt(resources, field, `${pointer}/resources`));
}

function amountsAt(holder: JsonObject | undefined, field: string, pointer: string): Amounts[] {
  const amounts = objectAt(holder, field);
  return amounts === undefined ? [] : [{ amounts, pointer: `${pointer}/${field}` }];
}

function ofKind(resource: Resource): Amounts[] {
  const spec = objectAt(resource.object, "spec");
  if (spec === undefined) return [];
  switch (groupKind(resource)) {
    case "PersistentVolumeClaim":
      return requirements(spec, "/spec");
    case "PersistentVolume":
      return amountsAt(spec, "capacity", "/spec");
    case "ResourceQuota":
      return amountsAt(spec, "hard", "/spec");
    case "LimitRange":
      return listAt(spec, "limits").flatMap((item, index) => ofLimit(item, `/spec/limits/${index}`));
    case "StatefulSet.apps":
      return listAt(spec, "volumeClaimTemplates").flatMap((template, index) => {
        const claim = isObject(template) ? objectAt(template, "spec") : undefined;
        return claim ? requirements(claim, `/spec/volumeClaimTemplates/${index}/spec`) : [];
      });
    default:
      return [];
  }
}

function ofLimit(item: Json, pointer: string): Amounts[] {
  if (!isObject(item)) return [];
  return ["max", "min", "default", "defaultRequest"].flatMap((field) => amountsAt(item, field, pointer));
}

/** `preserveUnknownFields: false` of a CustomResourceDefinition is not stored either, but Argo CD leaves that field out of account. */
function* rewrittenByOthers(resource: Resource): Generator<Violation> {
  const { object } = resource;
  if (
    groupKind(resource) === "ClusterRole.rbac.authorization.k8s.io" &&
    isObject(object.aggregationRule) &&
    listAt(object, "rules").length > 0
  )
    yield {
      pointer: "/rules",
      message: "the rules of a ClusterRole with an aggregationRule are replaced by those that it aggregates",
    };
  yield* bundles(object);
}

/** https://cert-manager.io/docs/concepts/ca-injector/ */
function* bundles({ metadata, webhooks, spec }: JsonObject): Generator<Violation> {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations") ?? {};
  if (!Object.keys(annotations).some((name) => name.startsWith("cert-manager.io/inject-"))) return;
  const message = "caBundle is filled in by cert-manager's injector, which the annotation asks for";
  for (const [index, webhook] of (Array.isArray(webhooks) ? webhooks : []).entries()) {
    const config = isObject(webhook) ? objectAt(webhook, "clientConfig") : undefined;
    if (config?.caBundle) yield { pointer: `/webhooks/${index}/clientConfig/caBundle`, message };
  }
  if (!isObject(spec)) return;
  if (spec.caBundle) yield { pointer: "/spec/caBundle", message };
  const conversion = objectAt(objectAt(objectAt(spec, "conversion"), "webhook"), "clientConfig");
  if (conversion?.caBundle) yield { pointer: "/spec/conversion/webhook/clientConfig/caBundle", message };
}
