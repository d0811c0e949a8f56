import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** Annotations that configure TLS elsewhere: certificates of load balancers, and controllers that pass TLS through. */
const elsewhere = [
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl
  /^alb\.ingress\.kubernetes\.io\/(?:certificate-arn|listen-ports)$/,
  // https://docs.cloud.google.com/kubernetes-engine/docs/how-to/managed-certs
  /^(?:networking\.gke\.io\/managed-certificates|ingress\.gcp\.kubernetes\.io\/pre-shared-cert)$/,
  /^appgw\.ingress\.kubernetes\.io\/(?:appgw-ssl-certificate|ssl-redirect)$/,
  /^(?:nginx\.ingress\.kubernetes\.io|haproxy\.org|haproxy-ingress\.github\.io)\/ssl-passthrough$/,
  /^traefik\.ingress\.kubernetes\.io\/router\.tls/,
  /^route\.openshift\.io\/termination$/,
  /^cloudflare-tunnel/,
];

/** Names that are never public. https://www.rfc-editor.org/rfc/rfc6761 */
const local = /(?:^|\.)(?:localhost|test|invalid)$/;

export const tlsMissing = definePolicy({
  id: "security/tls-missing",
  severity: "warning",
  why: "Without TLS, anyone on the network path can read and change the traffic, including passwords and cookies. https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
  fix: "Add spec.tls with the hosts and a Secret; cert-manager can issue and renew the certificate.",
  match: { apiVersion: ["networking.k8s.io/*", "extensions/*"], kind: "Ingress" },
  *check({ object, name }): Generator<Violation> {
    const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
    const spec = objectAt(object, "spec");
    if (spec === undefined || Object.keys(annotations).some((key) => elsewhere.some((one) => one.test(key)))) return;
    const tls = listAt(spec, "tls").filter(isObject);
    const rules = listAt(spec, "rules").filter(isObject);
    if (tls.length === 0) {
      if (rules.length > 0 && rules.every((rule) => local.test(stringAt(rule, "host") ?? ""))) return;
      yield { pointer: "/spec", message: `Ingress ${name} serves without TLS` };
      return;
    }
    for (const [index, rule] of listAt(spec, "rules").entries()) {
      const host = isObject(rule) ? (stringAt(rule, "host") ?? "") : "";
      if (host === "" || local.test(host) || tls.some((one) => covers(one, host))) continue;
      yield { pointer: `/spec/rules/${index}/host`, message: `Ingress ${name} serves ${host} without TLS` };
    }
  },
});

/** Whether an entry of spec.tls covers a host; without hosts, it covers all. */
function covers(tls: JsonObject, host: string): boolean {
  const hosts = listAt(tls, "hosts");
  const above = `*.${host.slice(host.indexOf(".") + 1)}`;
  return hosts.length === 0 || hosts.includes(host) || hosts.includes(above);
}
