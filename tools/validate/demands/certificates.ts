import { isObject } from "../../core/json.ts";
import { type Demand, each, onObject, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { bitString, contains, elementsOf, integer, sequence, sequenceOf } from "../../vocabulary/der.ts";
import { unique } from "../../vocabulary/lists.ts";
import { dns1123Subdomain, isLabel, isSubdomain, qualifiedName } from "../../vocabulary/names.ts";
import { min, range } from "../../vocabulary/numbers.ts";
import { type PemBlock, pemBlocks, textOfBase64 } from "../../vocabulary/pem.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { absentIsEmpty, byteLength, evenEmpty, exactlyOneWordOf, format, textOf } from "../../vocabulary/text.ts";

/** `example.com/signer`: a domain of at least two labels, and a name (`ValidateSignerName`). */
const signerName = format("a valid signer name", "Use a domain and a name, such as example.com/signer.", (text) => {
  const [domain = "", name = "", ...more] = text.split("/");
  const labels = domain.split(".");
  return more.length === 0 && domain.length <= 253 && labels.length > 1 && labels.every(isLabel) && isName(name);
});

const isName = (name: string) => name.length <= 317 && name.split(".").every(isSubdomain);

const currentSigner: Check = (value, at) => {
  if (value === "kubernetes.io/legacy-unknown")
    at.invalid("is the signer of a removed API", "Use the name of another signer.");
};

/** The contents of the subject and public key of a certificate request in DER; undefined if it is not one. */
function parseRequest(bytes: Uint8Array): { subject: Uint8Array; key: Uint8Array } | undefined {
  const [info] = sequenceOf(bytes, [sequence, sequence, bitString]) ?? [];
  const [, subject, key] = (info && elementsOf(info, [integer, sequence, sequence])) ?? [];
  if (subject === undefined || key === undefined) return undefined;
  return elementsOf(key, [sequence, bitString]) && { subject: subject.bytes, key: key.bytes };
}

/** `O=system:masters`, in each encoding of strings. */
const masters = [0x0c, 0x13, 0x16].map((tag) => [
  ...[0x06, 0x03, 0x55, 0x04, 0x0a, tag, "system:masters".length],
  ...Array.from("system:masters", (letter) => letter.charCodeAt(0)),
]);

/**
 * A certificate request in PEM (`ParseCSR`), whose signature is not verified here. Requests for unlimited access are
 * rejected (plugin CertificateSubjectRestriction).
 */
const request: Check = (value, at) => {
  const [block] = pemBlocks(textOfBase64(textOf(value)) ?? "");
  const parsed = block?.type === "CERTIFICATE REQUEST" ? parseRequest(block.bytes) : undefined;
  if (parsed === undefined)
    at.invalid("is not a certificate request in PEM", "Use the base64 of the file that openssl req creates.");
  else if (at.parent.signerName === "kubernetes.io/kube-apiserver-client") {
    if (!masters.some((wanted) => contains(parsed.subject, wanted))) return;
    at.forbidden(
      "to request the group system:masters from this signer",
      "Request another group, and bind it to a role.",
    );
  }
};

const usages = [
  ...["any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment"],
  ...["decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel"],
  ...["ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime"],
  ...["server auth", "signing", "timestamping"],
];

const largestBundle = 1024 * 1024;

/** CA certificates without duplicates, and nothing else (`validateTrustBundle`). */
const trustBundle: Check = (value, at) => {
  const text = textOf(value);
  if (byteLength(text) > largestBundle) {
    at.tooLong(largestBundle, "bytes");
    return;
  }
  const blocks = pemBlocks(text);
  const wrong = blocks.map(wrongAnchor).find((problem) => problem !== undefined);
  if (blocks.length === 0) at.invalid("has no certificate", "Add at least one certificate in PEM.");
  else if (wrong !== undefined) at.invalid(wrong, "Keep only CA certificates.");
  else if (new Set(blocks.map(({ bytes }) => bytes.join())).size < blocks.length) {
    at.invalid("has a certificate twice", "Remove the duplicate.");
  }
};

function wrongAnchor({ type, hasHeaders, bytes }: PemBlock): string | undefined {
  if (type !== "CERTIFICATE") return `has a block of type ${type}`;
  if (hasHeaders) return "has a block with headers";
  const [certificate] = sequenceOf(bytes, [sequence, sequence, bitString]) ?? [];
  if (certificate === undefined) return "has a block that is not a certificate";
  return isAuthority(certificate.bytes) ? undefined : "has a certificate that is not a CA certificate";
}

/** Whether a certificate has the extension basicConstraints, critical or not, with cA true. */
function isAuthority(bytes: Uint8Array): boolean {
  const constraints = [0x06, 0x03, 0x55, 0x1d, 0x13];
  const critical = [0x01, 0x01, 0xff];
  const starts = [...constraints, ...critical, 0x04];
  for (const start of [starts, [...constraints, 0x04]]) {
    for (const length of [3, 6]) {
      if (contains(bytes, [...start, length + 2, 0x30, length, ...critical])) return true;
    }
  }
  return false;
}

/** The name of a signer's bundle starts with the signer's name (`ValidateClusterTrustBundleName`). */
export const trustBundleName: Check = (value, at) => {
  const spec = isObject(at.root.spec) ? at.root.spec : {};
  const prefix = isUnset(spec.signerName) ? "" : `${textOf(spec.signerName).replaceAll("/", ":")}:`;
  const name = textOf(value);
  if (!name.startsWith(prefix))
    at.invalid(`is ${at.show(name)}; it must start with ${prefix}`, `Start the name with ${prefix}.`);
  else if (!isSubdomain(name.slice(prefix.length)))
    at.invalid(`is ${at.show(name)}, which is not a DNS name`, dns1123Subdomain.help);
};

const uid: Check = (value, at) => {
  const text = textOf(value);
  if (text === "") at.invalid("is empty", "Set it to the UID of the object.");
  if (byteLength(text) > 128) at.tooLong(128, "bytes");
};

const name = absentIsEmpty(evenEmpty(dns1123Subdomain));

const isKubernetes = (text: string) => /(^|\.)kubernetes\.io$/.test(text.split("/")[0] ?? "");

/** A certificate request that contains only a key (`validateStubPKCS10Request`). */
const stubRequest: Check = (value, at) => {
  const text = textOfBase64(textOf(value)) ?? "";
  if (text.length > 10 * 1024) at.tooLong(10 * 1024, "bytes");
  else if (parseRequest(Uint8Array.from(text, (letter) => letter.charCodeAt(0))) === undefined) {
    at.invalid("is not a certificate request in DER", "Leave it to the kubelet.");
  }
};

/** Keys must have a domain, and may have uppercase letters (`ValidateUserAnnotations`). */
const userAnnotations: Check = onObject((object, at) => {
  for (const key of Object.keys(object)) {
    if (key.includes("/") && qualifiedName.fits(key.toLowerCase())) continue;
    at.under(key, () => at.invalid("is not a key with a domain", "Use a key such as example.com/key."));
  }
});

const signer: Demand = [required, signerName];

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/ */
export const certificates: TypeDemands = {
  "certificates.v1.CertificateSigningRequestSpec": {
    request,
    signerName: [signer, currentSigner],
    usages: [required, each(absentIsEmpty(exactlyOneWordOf(...usages))), unique],
    expirationSeconds: min(600),
  },
  "certificates.v1.ClusterTrustBundleSpec": { signerName, trustBundle },
  "certificates.v1.PodCertificateRequestSpec": {
    signerName: signer,
    podName: name,
    podUID: uid,
    serviceAccountName: name,
    serviceAccountUID: uid,
    nodeName: name,
    nodeUID: uid,
    maxExpirationSeconds: when(
      ({ signerName: of }) => isKubernetes(textOf(of)),
      range(3600, 86_400),
      range(3600, 91 * 86_400),
    ),
    stubPKCS10Request: stubRequest,
    unverifiedUserAnnotations: rule("apply/label", userAnnotations),
  },
};
