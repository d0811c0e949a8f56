import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";
import type { Violation } from "../../../policy/define.ts";
import { helmHookAnnotation, hookAnnotation } from "../sync/sync-order.ts";
import { groupKind } from "../target.ts";

/** Fields that a controller overwrites or removes, however they are applied and compared, with Flux as well. */
export function* rewritten(resource: Resource): Generator<Violation> {
  const { object } = resource;
  switch (groupKind(resource)) {
    case "ClusterRole.rbac.authorization.k8s.io":
      yield* aggregated(object);
      break;
    case "Deployment.apps":
      yield* revision(object);
      break;
    case "Job.batch":
      yield* expiring(object);
      break;
  }
  yield* bundles(object);
  yield* nameless(object);
}

/** Argo CD runs a hook, including a Helm hook, when it is due: it is not missing afterwards, and gets a name if needed. */
function isHook({ metadata }: JsonObject): boolean {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations") ?? {};
  return [hookAnnotation, helmHookAnnotation].some((name) => Object.hasOwn(annotations, name));
}

/** Applied resources are found by their name. https://github.com/kubernetes/kubernetes/pull/88998, https://github.com/argoproj/argo-cd/issues/1639 */
function* nameless(object: JsonObject): Generator<Violation> {
  const metadata = objectAt(object, "metadata");
  const prefix = stringAt(metadata, "generateName");
  if (!prefix || stringAt(metadata, "name") || isHook(object)) return;
  yield {
    severity: "error",
    pointer: "/metadata/generateName",
    message: `${prefix} has only a generated name: it can be created but not applied, because kubectl apply, Flux and Argo CD need a name`,
    help: "Give it a name, or make it an Argo CD hook (argocd.argoproj.io/hook).",
  };
}

/** Even an empty list or null is replaced: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function* aggregated(object: JsonObject): Generator<Violation> {
  if (!isObject(object.aggregationRule) || !Object.hasOwn(object, "rules")) return;
  const message = "the rules of a ClusterRole with an aggregationRule are replaced by the rules that it aggregates";
  yield { pointer: "/rules", message, help: "Remove rules." };
}

const revisionAnnotation = "deployment.kubernetes.io/revision";

/** The controller sets the revision: 1 at first, and a new one whenever the template changes. */
function* revision({ metadata }: JsonObject): Generator<Violation> {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations");
  if (stringAt(annotations, revisionAnnotation) === undefined) return;
  const pointer = `/metadata/annotations/${revisionAnnotation.replace("/", "~1")}`;
  yield { pointer, message: `${revisionAnnotation} is set by the Deployment controller`, help: "Remove it." };
}

function* expiring(object: JsonObject): Generator<Violation> {
  const { spec } = object;
  const ttl = isObject(spec) ? spec.ttlSecondsAfterFinished : undefined;
  if (!isObject(spec) || ttl === undefined || ttl === null || spec.suspend === true || isHook(object)) return;
  const when = `${String(ttl)} second${ttl === 1 ? "" : "s"} after it has finished`;
  yield {
    pointer: "/spec/ttlSecondsAfterFinished",
    message: `the Job is deleted ${when}, is then missing, and runs again when it is applied again`,
    help: "Remove ttlSecondsAfterFinished, or make the Job an Argo CD hook (argocd.argoproj.io/hook).",
  };
}

/** https://cert-manager.io/docs/concepts/ca-injector/ */
function* bundles({ metadata, webhooks, spec }: JsonObject): Generator<Violation> {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations");
  if (annotations === undefined || !Object.keys(annotations).some((name) => name.startsWith("cert-manager.io/inject-")))
    return;
  const message = "caBundle is filled in by cert-manager's injector because of the annotation";
  for (const [index, webhook] of (Array.isArray(webhooks) ? webhooks : []).entries()) {
    const config = isObject(webhook) ? objectAt(webhook, "clientConfig") : undefined;
    if (config?.caBundle) yield { pointer: `/webhooks/${index}/clientConfig/caBundle`, message };
  }
  if (!isObject(spec)) return;
  if (spec.caBundle) yield { pointer: "/spec/caBundle", message };
  const conversion = objectAt(objectAt(objectAt(spec, "conversion"), "webhook"), "clientConfig");
  if (conversion?.caBundle) yield { pointer: "/spec/conversion/webhook/clientConfig/caBundle", message };
}
