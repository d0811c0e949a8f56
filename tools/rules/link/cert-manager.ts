import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import { join } from "../../core/pointer.ts";
import { groupOf } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** The kinds whose annotations cert-manager reads; others have those that it writes itself. */
const kinds = ["Ingress", "Gateway", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

/** `validateIngressTLSBlock` of cert-manager. */
export const certManager = definePolicy({
  id: "link/cert-manager",
  severity: "error",
  why: "cert-manager only does what the annotations that it knows ask for, and only issues a certificate for a TLS entry with a secretName: otherwise clients get the certificate of the ingress controller, or the API server does not trust a webhook. https://cert-manager.io/docs/usage/ingress/, https://cert-manager.io/docs/reference/annotations/",
  fix: "Correct the annotation, or add a secretName.",
  match: { kind: [...kinds, "CustomResourceDefinition", "APIService"] },
  *check({ kind, name, apiVersion, object }): Generator<Violation> {
    const keys = Object.keys(objectAt(objectAt(object, "metadata"), "annotations") ?? {});
    for (const key of keys) {
      const meant = known.includes(key) ? undefined : known.find((one) => isForm(key, one));
      if (meant === undefined) continue;
      const pointer = join("/metadata/annotations", key);
      yield {
        pointer,
        message: `${kind} ${name} has the annotation ${key}, which cert-manager does not know`,
        help: `Did you mean ${meant}?`,
      };
    }
    const isIssued = keys.some((key) => issuing.includes(key));
    if (kind !== "Ingress" || !isIssued || groupOf(apiVersion) !== "networking.k8s.io") return;
    for (const [index, entry] of listAt(objectAt(object, "spec"), "tls").entries())
      if (isObject(entry) && !stringAt(entry, "secretName"))
        yield {
          pointer: `/spec/tls/${index}`,
          message: `Ingress ${name} has a TLS entry without a secretName, so cert-manager issues no certificate for it`,
        };
  },
});

const issuing = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"];

const settings =
  "allow-direct-injection alt-names certificate-name common-name duration email-sans inject-apiserver-ca inject-ca-from " +
  "inject-ca-from-secret ip-sans issue-temporary-certificate issuer-group issuer-kind issuer-name private-key-algorithm " +
  "private-key-encoding private-key-rotation-policy private-key-secret-name private-key-size renew-before " +
  "renew-before-percentage revision-history-limit secret-template subject-countries subject-localities " +
  "subject-organizationalunits subject-organizations subject-postalcodes subject-provinces subject-serialnumber " +
  "subject-streetaddresses uri-sans usages";

/** https://cert-manager.io/docs/reference/annotations/ */
const known: readonly string[] = [...issuing, ...settings.split(" ").map((name) => `cert-manager.io/${name}`)];

/** Whether a letter, the hyphens or the capitals of a key are wrong. */
function isForm(key: string, other: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, "");
  return key.includes("/") && (isOneEditApart(key, other) || plain(key) === plain(other));
}
