import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { calledServices, callingKinds } from "../lib/api-server-calls.ts";
import { checkPort } from "../lib/backend-port.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { indexOf, perTarget } from "../lib/target.ts";

/** `ResolveEndpoint` of k8s.io/apiserver/pkg/util/proxy: by name and port, 443 by default. */
export const webhookService = definePolicy({
  id: "link/webhook-service",
  severity: "error",
  why: "The API server calls webhooks, converters and API extensions through a Service. If the Service or its port is missing, requests that need the call fail: no object of those kinds can be written, and an extended API answers nobody, not even the garbage collector. The same happens if the API server does not trust the certificate of the Service. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference",
  fix: "Name the Service with its namespace, one of its ports (443 by default), and the authority of its certificate.",
  match: { kind: callingKinds },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { value, pointer } of calledServices(resource)) {
      yield* judge(value, pointer, resource, context);
      yield* ofTrust(value, pointer, resource, context);
    }
  },
});

function* judge(
  ref: JsonObject,
  pointer: string,
  { kind, name }: Resource,
  context: TargetContext,
): Generator<Violation> {
  const named = { kind: "Service", namespace: stringAt(ref, "namespace"), name: stringAt(ref, "name") ?? "" };
  if (named.name === "" || !named.namespace || !hasServices(named.namespace, context)) return;
  const service = lookUp(named, context);
  if (service === undefined) yield missing(named, `${kind} ${name}`, `${pointer}/name`, context);
  else if (service !== "provided") {
    const portPointer = ref.port === undefined ? `${pointer}/name` : `${pointer}/port`;
    yield* checkPort({ port: ref.port ?? 443, portPointer }, service, `${kind} ${name}`);
  }
}

/**
 * A certificate of cert-manager that nothing makes the API server trust. Many programs write their own caBundle: they may
 * change webhooks.
 */
function* ofTrust(ref: JsonObject, pointer: string, resource: Resource, context: TargetContext): Generator<Violation> {
  const client = at(resource.object, pointer.replace(/\/service$/, ""));
  const annotations = Object.keys(objectAt(objectAt(resource.object, "metadata"), "annotations") ?? {});
  const isInjected = annotations.some((key) => key.includes("inject"));
  if (resource.kind === "APIService" || !isObject(client) || client.caBundle !== undefined || isInjected) return;
  const host = `${ref.name}.${ref.namespace}.svc`;
  const certificate = indexOf(context)
    .ofKind("Certificate.cert-manager.io")
    .find(({ object }) => listAt(objectAt(object, "spec"), "dnsNames").includes(host));
  const service = indexOf(context).find("Service", stringAt(ref, "namespace"), String(ref.name));
  if (certificate === undefined || writesWebhooks(context).is || (service && isCertified(service))) return;
  const message = `${resource.kind} ${resource.name} has no caBundle, so the API server does not trust Service ${ref.name}`;
  const help = `Add the annotation cert-manager.io/inject-ca-from: ${certificate.namespace}/${certificate.name}.`;
  yield { pointer, message, help, severity: "warning" };
}

/** Whether OpenShift makes the certificate of a Service. https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/security_and_compliance/configuring-certificates */
function isCertified({ object }: Resource): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  return Object.keys(annotations).some((key) => key.endsWith("/serving-cert-secret-name"));
}

/** Whether a role of the target allows to change webhooks or definitions, or the Operator Lifecycle Manager installs them. */
const writesWebhooks = perTarget<{ readonly is: boolean }>((context) => ({
  is:
    context.resources.some(({ apiVersion }) => /operatorframework\.io\/|^operators\.coreos\.com\//.test(apiVersion)) ||
    ["Role", "ClusterRole"]
      .flatMap((kind) => indexOf(context).ofKind(`${kind}.rbac.authorization.k8s.io`))
      .flatMap(({ object }) => listAt(object, "rules"))
      .some(
        (rule) =>
          isObject(rule) &&
          listAt(rule, "resources").some((one) =>
            /webhookconfigurations$|^customresourcedefinitions$|^\*$/.test(String(one)),
          ) &&
          listAt(rule, "verbs").some((verb) => verb === "update" || verb === "patch" || verb === "*"),
      ),
}));

/** Definitions are often a target of their own, without the Services: such a target does not tell which exist. */
function hasServices(namespace: string, context: TargetContext): boolean {
  return indexOf(context).ofKindIn("Service", namespace).length > 0;
}
