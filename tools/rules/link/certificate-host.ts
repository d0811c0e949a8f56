import { isObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { calledServices, callers, callingKinds } from "../lib/api-server-calls.ts";
import { valuesAt } from "../lib/places.ts";
import { areTogether, indexOf, mayBeSameNamespace } from "../lib/target.ts";

/** What serves a certificate, and the hosts that clients call it by. */
interface User {
  readonly resource: Resource;
  readonly hosts: readonly string[];
}

/** A client compares the host that it called with the names of the certificate. */
export const certificateHost = definePolicy({
  id: "link/certificate-host",
  severity: "error",
  why: "A client refuses a certificate whose names do not include the host that it calls: a browser shows an error, and the API server rejects every object that it has to send to the webhook. https://cert-manager.io/docs/usage/certificate/",
  fix: "Add the host to dnsNames of the Certificate; *.example.com stands for one label.",
  match: { apiVersion: "cert-manager.io/*", kind: "Certificate" },
  *check(certificate, context): Generator<Violation> {
    const { name, object } = certificate;
    const spec = objectAt(object, "spec");
    const names = namesOf(certificate);
    if (names.length === 0 || names.some(hasVariable) || spec?.literalSubject !== undefined) return;
    const webhooks = spec?.isCA === true ? [] : webhooksWith(certificate, context);
    for (const { resource, hosts } of [...serversOf(certificate, context), ...webhooks]) {
      const missed = hosts.filter((host) => !hasVariable(host) && !isCovered(host, names));
      if (missed.length === 0 || !areTogether(certificate, resource, context)) continue;
      yield {
        pointer: stringsAt(spec, "dnsNames").length > 0 ? "/spec/dnsNames" : "/spec",
        message: `the names of Certificate ${name} do not include ${listed(missed, 3)}, which ${resource.kind} ${resource.name} is called by`,
        // A proxy in front of it may not compare names.
        ...(!callingKinds.includes(resource.kind) && { severity: "warning" }),
      };
    }
  },
});

function namesOf({ object }: Resource): string[] {
  const spec = objectAt(object, "spec");
  const common = stringAt(spec, "commonName");
  return [...stringsAt(spec, "dnsNames"), ...(common ? [common] : [])];
}

/** A listener of all names below a domain needs a certificate for some of them. */
function isCovered(host: string, names: readonly string[]): boolean {
  const [, domain] = /^[^.]+(\..+)$/.exec(host.toLowerCase()) ?? [];
  return names
    .map((name) => name.toLowerCase())
    .some(
      (name) =>
        name === host.toLowerCase() || (host.startsWith("*.") ? name.endsWith(`${domain}`) : name === `*${domain}`),
    );
}

/** The Ingresses and Gateways that serve the certificate, and no other one at the same place. */
function serversOf({ namespace, object }: Resource, context: TargetContext): User[] {
  const secret = stringAt(objectAt(object, "spec"), "secretName");
  const ingresses = indexOf(context)
    .ofKindIn("Ingress.networking.k8s.io", namespace)
    .map((resource) => ({
      resource,
      hosts: valuesAt(resource.object, "spec/tls/*").flatMap(({ value }) =>
        isObject(value) && value.secretName === secret ? stringsAt(value, "hosts") : [],
      ),
    }));
  const gateways = indexOf(context)
    .ofKind("Gateway.gateway.networking.k8s.io")
    .map((resource) => ({
      resource,
      hosts: valuesAt(resource.object, "spec/listeners/*").flatMap(({ value }) => {
        const listener = isObject(value) ? value : {};
        const [ref, ...others] = listAt(objectAt(listener, "tls"), "certificateRefs");
        const isThis =
          isObject(ref) &&
          ref.name === secret &&
          mayBeSameNamespace(stringAt(ref, "namespace") ?? resource.namespace, namespace);
        const host = stringAt(listener, "hostname");
        return isThis && others.length === 0 && host ? [host] : [];
      }),
    }));
  return secret === undefined ? [] : [...ingresses, ...gateways];
}

/** The webhooks that trust the issuer of the certificate because cert-manager injects it. */
function webhooksWith(certificate: Resource, context: TargetContext): User[] {
  const { namespace, name } = certificate;
  const { ofKind } = indexOf(context);
  const issuer = issuerOf(certificate);
  const beside = ofKind("Certificate.cert-manager.io").filter((one) => one !== certificate && issuerOf(one) === issuer);
  const others = beside.flatMap(namesOf);
  return callers
    .flatMap((kind) => ofKind(kind))
    .filter(({ object }) => {
      const annotations = objectAt(objectAt(object, "metadata"), "annotations");
      return stringAt(annotations, "cert-manager.io/inject-ca-from") === `${namespace}/${name}`;
    })
    .map((resource) => ({
      resource,
      // Its server may have another certificate of the same issuer.
      hosts: [...new Set(servicesOf(resource, context))].filter((host) => !isCovered(host, others)),
    }));
}

/** The names of the Services that the API server calls; a bundle for another installer may name one that is not there. */
function servicesOf(resource: Resource, context: TargetContext): string[] {
  return calledServices(resource).flatMap(({ value }) => {
    const [name = "", namespace = ""] = [stringAt(value, "name"), stringAt(value, "namespace")];
    const service = indexOf(context).find("Service", namespace, name);
    return service !== undefined && service.namespace === namespace ? [`${name}.${namespace}.svc`] : [];
  });
}

function issuerOf({ namespace, object }: Resource): string {
  const ref = objectAt(objectAt(object, "spec"), "issuerRef");
  return [ref?.kind === "ClusterIssuer" ? "" : namespace, ref?.kind ?? "Issuer", ref?.name].join(" ");
}
