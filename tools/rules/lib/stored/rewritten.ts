import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";
import type { Violation } from "../../../policy/define.ts";
import { groupKind } from "../target.ts";

/** What a controller writes over what was applied, or takes away: it is so however it is applied and compared, by Flux as well. */
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

/** Argo CD runs a hook, also one of Helm, when it is due: it is not missed afterwards, and gets a name where it has none. */
function isHook({ metadata }: JsonObject): boolean {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations") ?? {};
  return ["argocd.argoproj.io/hook", "helm.sh/hook"].some((name) => Object.hasOwn(annotations, name));
}

/** What is applied is found again by its name. https://github.com/kubernetes/kubernetes/pull/88998, https://github.com/argoproj/argo-cd/issues/1639 */
function* nameless(object: JsonObject): Generator<Violation> {
  const metadata = objectAt(object, "metadata");
  if (!stringAt(metadata, "generateName") || stringAt(metadata, "name") || isHook(object)) return;
  yield {
    severity: "error",
    pointer: "/metadata/generateName",
    message: "it can be created, and never applied: kubectl apply, Flux and Argo CD refuse what has no name",
    help: "Give it a name, or make it a hook of Argo CD (argocd.argoproj.io/hook).",
  };
}

/** Also an empty list, and null: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function* aggregated(object: JsonObject): Generator<Violation> {
  if (!isObject(object.aggregationRule) || !Object.hasOwn(object, "rules")) return;
  const message = "the rules of a ClusterRole with an aggregationRule are replaced by those that it aggregates";
  yield { pointer: "/rules", message, help: "Leave rules out." };
}

const revisionAnnotation = "deployment.kubernetes.io/revision";

/** The first revision is 1, and there is no other as long as the template stays as it is. */
function* revision({ metadata }: JsonObject): Generator<Violation> {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations");
  if (stringAt(annotations, revisionAnnotation) === undefined) return;
  const pointer = `/metadata/annotations/${revisionAnnotation.replace("/", "~1")}`;
  yield { pointer, message: `${revisionAnnotation} is counted by the controller of Deployments`, help: "Remove it." };
}

function* expiring(object: JsonObject): Generator<Violation> {
  const { spec } = object;
  const ttl = isObject(spec) ? spec.ttlSecondsAfterFinished : undefined;
  if (!isObject(spec) || ttl === undefined || ttl === null || spec.suspend === true || isHook(object)) return;
  const when = `${String(ttl)} second${ttl === 1 ? "" : "s"} after it has finished`;
  yield {
    pointer: "/spec/ttlSecondsAfterFinished",
    message: `the Job is deleted ${when}, is missing then, and runs again when it is applied again`,
    help: "Remove ttlSecondsAfterFinished, or make the Job a hook of Argo CD (argocd.argoproj.io/hook).",
  };
}

/** https://cert-manager.io/docs/concepts/ca-injector/ */
function* bundles({ metadata, webhooks, spec }: JsonObject): Generator<Violation> {
  const annotations = objectAt(isObject(metadata) ? metadata : undefined, "annotations");
  if (annotations === undefined || !Object.keys(annotations).some((name) => name.startsWith("cert-manager.io/inject-")))
    return;
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
