import { type JsonObject, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { calledServices, callingKinds } from "../lib/api-server-calls.ts";
import { checkPort } from "../lib/backend-port.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

/** `ResolveEndpoint` of k8s.io/apiserver/pkg/util/proxy: by name and port, 443 by default. */
export const webhookService = definePolicy({
  id: "link/webhook-service",
  severity: "error",
  why: "The API server calls webhooks, converters and API extensions through a Service. If the Service or its port is missing, requests that need the call fail: no object of those kinds can be written, and an extended API answers nobody, not even the garbage collector. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference",
  fix: "Name the Service with its namespace, and one of its ports (443 by default).",
  match: { kind: callingKinds },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { value, pointer } of calledServices(resource)) yield* judge(value, pointer, resource, context);
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

/** Definitions are often a target of their own, without the Services: such a target does not tell which exist. */
function hasServices(namespace: string, context: TargetContext): boolean {
  return indexOf(context).ofKindIn("Service", namespace).length > 0;
}
