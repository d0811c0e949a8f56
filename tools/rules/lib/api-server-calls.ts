import { isObject, type JsonObject, listAt, objectAt, own } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { valuesAt } from "./places.ts";
import { groupKind, withoutGroups } from "./target.ts";

/** Where each kind names the Service that the API server calls. */
const places: Readonly<Record<string, string>> = {
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": "webhooks/*/clientConfig/service",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": "webhooks/*/clientConfig/service",
  "CustomResourceDefinition.apiextensions.k8s.io": "spec/conversion/webhook/clientConfig/service",
  "APIService.apiregistration.k8s.io": "spec/service",
};

/** The kinds that {@link calledServices} reads, with their groups. */
export const callers: readonly string[] = Object.keys(places);

/** The kinds that {@link calledServices} reads. */
export const callingKinds = withoutGroups(callers);

/** The Services that the API server calls because of a resource, as `{ namespace, name, port }`. */
export function calledServices(resource: Resource): { readonly value: JsonObject; readonly pointer: string }[] {
  const path = own(places, groupKind(resource));
  if (path === undefined || !isCalled(resource)) return [];
  return valuesAt(resource.object, path).flatMap(({ value, pointer }) => (isObject(value) ? [{ value, pointer }] : []));
}

/** Whether the Service is ever called: a definition with a single version needs no converter. */
function isCalled({ kind, object }: Resource): boolean {
  return kind !== "CustomResourceDefinition" || listAt(objectAt(object, "spec"), "versions").length > 1;
}
