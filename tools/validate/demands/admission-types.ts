import { bool, dyn, int, listOf, mapOf, string, struct, type Type, timestamp } from "../../cel/types.ts";

/** A message type with exactly these fields. */
function message(name: string, fields: Readonly<Record<string, Type>>): Type {
  return struct(name, (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined));
}

const strings = listOf(string);

const groupVersionKind = message("kubernetes.GroupVersionKind", { group: string, version: string, kind: string });
const groupVersionResource = message("kubernetes.GroupVersionResource", {
  group: string,
  version: string,
  resource: string,
});

const userInfo = message("kubernetes.UserInfo", {
  username: string,
  uid: string,
  groups: strings,
  extra: mapOf(string, strings),
});

/** The variable `request` of expressions in admission webhooks and policies (`BuildRequestType`). */
const request = message("kubernetes.AdmissionRequest", {
  kind: groupVersionKind,
  resource: groupVersionResource,
  subResource: string,
  requestKind: groupVersionKind,
  requestResource: groupVersionResource,
  requestSubResource: string,
  name: string,
  namespace: string,
  operation: string,
  userInfo,
  dryRun: bool,
  options: dyn,
});

const condition = message("kubernetes.NamespaceCondition", {
  status: string,
  type: string,
  lastTransitionTime: timestamp,
  message: string,
  reason: string,
});

const namespaceMetadata = message("kubernetes.NamespaceMetadata", {
  name: string,
  generateName: string,
  namespace: string,
  labels: mapOf(string, string),
  annotations: mapOf(string, string),
  UID: string,
  creationTimestamp: timestamp,
  deletionGracePeriodSeconds: int,
  deletionTimestamp: timestamp,
  generation: int,
  resourceVersion: string,
  finalizers: strings,
});

/** The variable `namespaceObject` (`BuildNamespaceType`). */
const namespaceObject = message("kubernetes.Namespace", {
  metadata: namespaceMetadata,
  spec: message("kubernetes.NamespaceSpec", { finalizers: strings }),
  status: message("kubernetes.NamespaceStatus", { conditions: listOf(condition), phase: string }),
});

/** The variables of all admission expressions. */
export const admissionVariables: Readonly<Record<string, Type>> = {
  object: dyn,
  oldObject: dyn,
  request,
  namespaceObject,
};

/** The variables for authorization checks. */
export const authorizerVariables: Readonly<Record<string, Type>> = {
  authorizer: struct("kubernetes.authorization.Authorizer"),
  "authorizer.requestResource": struct("kubernetes.authorization.ResourceCheck"),
};

const patchFields: Readonly<Record<string, Type>> = { op: string, from: string, path: string, value: dyn };

/** An operation of a JSON patch in a mutating policy. */
const jsonPatch: Type = message("JSONPatch", patchFields);

/** The types that a mutating policy creates: `JSONPatch{…}`, and `Object{…}` or `Object.spec{…}` with any fields. */
export function patchMessage(name: string): Type | undefined {
  if (name === "JSONPatch") return jsonPatch;
  return name === "Object" || name.startsWith("Object.") ? struct(name, () => dyn) : undefined;
}
