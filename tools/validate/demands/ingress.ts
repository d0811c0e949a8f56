import { isObject } from "../../core/json.ts";
import { type Demand, each, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import {
  dns1123Label,
  dns1123Subdomain,
  domainPrefixedPath,
  pathSegment,
  portName,
  wildcardSubdomain,
} from "../../vocabulary/names.ts";
import { parseIp } from "../../vocabulary/network.ts";
import { portNumber } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { absentIsEmpty, evenEmpty, exactlyOneWordOf, maxLength, numberOf, textOf } from "../../vocabulary/text.ts";
import { serviceName } from "./names.ts";

/** A host, or all hosts of a domain. */
const host: Check = (value, at) => {
  const text = textOf(value);
  if (text.includes("*")) wildcardSubdomain(value, at);
  else evenEmpty(dns1123Subdomain)(value, at);
};

const ruleHost: Check = (value, at) => {
  if (isUnset(value)) return;
  if (parseIp(textOf(value)) !== undefined) {
    at.invalid(`is ${at.show(value)}, which is an IP address`, "Use a DNS name, or remove host to match all hosts.");
  }
  host(value, at);
};

const forbiddenInPath = /\/\/|\/\.\/|\/\.\.\/|%2[fF]|\/\.{1,2}$/;

/** `validateHTTPIngressPath`. */
const path: Check = (value, at) => {
  const { pathType } = at.parent;
  const text = textOf(value);
  const isExact = pathType === "Exact" || pathType === "Prefix";
  if (!isExact && pathType !== "ImplementationSpecific") return;
  if (!text.startsWith("/") && (isExact || text !== "")) {
    at.invalid(`is ${at.show(text)}, which is not an absolute path`, "Start the path with /.");
  }
  const wrong = isExact ? forbiddenInPath.exec(text)?.[0] : undefined;
  if (wrong !== undefined)
    at.invalid(`is ${at.show(text)}, which contains ${wrong}`, "Use a path without . and .. segments, // and %2F.");
};

/** The destination of requests: a Service, or another resource (`validateIngressBackend`). */
const backend = onObject(({ resource, service }, at) => {
  if (isObject(resource) && isObject(service)) {
    at.invalid("has both service and resource", "Remove one of the two.");
  } else if (!isObject(resource) && !isObject(service)) {
    at.invalid("has neither service nor resource", "Set the Service: service: {name: …, port: {number: …}}.");
  } else if (isObject(service)) {
    const port = isObject(service.port) ? service.port : {};
    const [named, numbered] = [!isUnset(port.name), numberOf(port.number) !== 0];
    if (named && numbered) at.invalid("has both the name and the number of the port", "Remove one of the two.");
    else if (!named && !numbered)
      at.say("Required", "needs the name or number of the Service's port", "Add service.port.");
  }
});

const otherResource: Demand = {
  apiGroup: evenEmpty(dns1123Subdomain),
  kind: [required, pathSegment],
  name: [required, pathSegment],
};

const servicePort: Check = onObject((port, at) => {
  if (!isUnset(port.name) && numberOf(port.number) !== 0) return;
  at.under("name", () => portName(port.name ?? undefined, at));
  if (numberOf(port.number) !== 0) at.under("number", () => portNumber(port.number, at));
});

const somewhere = onObject(({ defaultBackend, rules }, at) => {
  if (isUnset(rules) && !isObject(defaultBackend)) {
    at.invalid("has neither rules nor defaultBackend", "Set one of them to route requests.");
  }
});

const classAnnotation = "kubernetes.io/ingress.class";

/** The old way to set the class. Only `ValidateIngressCreate` compares the two: an existing Ingress can have both. */
const oldClass: Check = (value, at) => {
  if (typeof value !== "string") return;
  const spec = isObject(at.root.spec) ? at.root.spec : {};
  if (typeof spec.ingressClassName !== "string") at.warn("is deprecated", "Use spec.ingressClassName.");
  else if (spec.ingressClassName !== value && !at.isThere)
    at.invalid("differs from spec.ingressClassName", "Remove the annotation.");
};

/** The parameters of a class are cluster-scoped, or in a namespace. */
const namespaceOfParameters: Check = (value, at) => {
  const scope = at.parent.scope ?? "Cluster";
  if (scope === "Cluster" && value !== undefined) at.forbidden("when scope is Cluster", "Set scope: Namespace.");
  if (scope !== "Namespace") return;
  if (value === undefined) at.required("when scope is Namespace");
  evenEmpty(dns1123Label)(value, at);
};

/** https://kubernetes.io/docs/concepts/services-networking/ingress/ (`ValidateIngressCreate`) */
export const ingress: TypeDemands = {
  "networking.v1.Ingress": { metadata: { annotations: { [classAnnotation]: oldClass } } },
  "networking.v1.IngressSpec": [somewhere, { ingressClassName: evenEmpty(dns1123Subdomain) }],
  "networking.v1.IngressRule": { host: ruleHost },
  "networking.v1.HTTPIngressRuleValue": { paths: required },
  "networking.v1.HTTPIngressPath": {
    pathType: exactlyOneWordOf("Exact", "ImplementationSpecific", "Prefix"),
    path,
  },
  "networking.v1.IngressBackend": [backend, { resource: otherResource, service: { name: [required, serviceName] } }],
  "networking.v1.ServiceBackendPort": rule("apply/port", servicePort),
  "networking.v1.IngressTLS": { hosts: each(absentIsEmpty(host)), secretName: dns1123Subdomain },

  "networking.v1.IngressClassSpec": { controller: [required, maxLength(250), domainPrefixedPath] },
  "networking.v1.IngressClassParametersReference": {
    apiGroup: evenEmpty(dns1123Subdomain),
    kind: [required, pathSegment],
    name: [required, pathSegment],
    scope: exactlyOneWordOf("Cluster", "Namespace"),
    namespace: namespaceOfParameters,
  },
};
