import { type Format, format } from "./text.ts";

// The syntaxes of k8s.io/apimachinery/pkg/util/validation, and of names in RFC 1123, 1035.

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export const isLabel = (text: string): boolean => text.length <= 63 && label.test(text);
export const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const dns1123Label: Format = format(
  "a DNS label",
  "Use at most 63 lower-case letters, digits and -, with a letter or digit at both ends.",
  isLabel,
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const dns1123Subdomain: Format = format(
  "a DNS name",
  "Use at most 253 lower-case letters, digits, - and dots; each part begins and ends with a letter or digit.",
  isSubdomain,
);

/**
 * What is looked at of a name that more will be appended to: not the dash that it may end with, nor what stands before that.
 * `maskTrailingDash` in k8s.io/apimachinery/pkg/api/validation
 */
export function withoutDash(text: string): string {
  return text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text;
}

/** A DNS name, or the start of one. */
export const dns1123SubdomainStart: Format = format(dns1123Subdomain.is, dns1123Subdomain.help, (text) =>
  isSubdomain(withoutDash(text)),
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names */
export const dns1035Label: Format = format(
  "a DNS label that begins with a letter",
  "Use at most 63 lower-case letters, digits and -, beginning with a letter and ending with a letter or digit.",
  (text) => text.length <= 63 && label1035.test(text),
);

/** A DNS name that may begin with `*.`, once. */
export const wildcardSubdomain: Format = format(
  "a DNS name with a wildcard",
  "Write *. and then a DNS name in lower case: *.example.com.",
  (text) => text.length <= 253 && text.startsWith("*.") && subdomain.test(text.slice(2)),
);

/** A key of labels: a name of at most 63 characters, optionally after a DNS name and a slash. */
export const qualifiedName: Format = format(
  "a qualified name",
  "Use at most 63 letters, digits, -, _ and dots, with a letter or digit at both ends; a DNS name and / may precede.",
  isQualifiedName,
);

export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf("/");
  const name = text.slice(slash + 1);
  return name.length <= 63 && qualifiedPart.test(name) && (slash < 0 || isSubdomain(text.slice(0, slash)));
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labelValue: Format = format(
  "a label's value",
  "Use at most 63 letters, digits, -, _ and dots, with a letter or digit at both ends; or leave it empty.",
  (text) => text === "" || (text.length <= 63 && qualifiedPart.test(text)),
);

/** The name of a port: an IANA service name. */
export const portName: Format = format(
  "a port's name",
  "Use at most 15 lower-case letters, digits and single -, at least one letter, and no - at either end.",
  isPortName,
);

export function isPortName(text: string): boolean {
  return text.length <= 15 && /^[-a-z0-9]+$/.test(text) && /[a-z]/.test(text) && !/--|^-|-$/.test(text);
}

/** The key of a ConfigMap or Secret: a file's name. */
export const configKey: Format = format(
  "a key that can be a file's name",
  "Use at most 253 letters, digits, -, _ and dots, but not . or .. and nothing that begins with two dots.",
  (text) => text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== "." && !text.startsWith(".."),
);

/** A name that can be part of a URL's path: what RBAC takes. */
export const pathSegment: Format = format(
  "a name that can stand in a path",
  "Use any characters but / and %, and neither . nor .. alone.",
  (text) => text !== "." && text !== ".." && !/[/%]/.test(text),
);

/** `domain/path`, as finalizers and condition types of controllers are named. */
export const domainPrefixedPath: Format = format(
  "a domain and a path",
  "Write a DNS name, / and a path: example.com/thing.",
  (text) => {
    const slash = text.indexOf("/");
    return (
      slash > 0 && isSubdomain(text.slice(0, slash)) && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(text.slice(slash + 1))
    );
  },
);

/** The name of an environment variable up to 1.31, where RelaxedEnvironmentVariableValidation is off (`IsEnvVarName`). */
export const strictEnvironmentName: Format = format(
  "the name of an environment variable",
  "Use letters, digits, -, _ and dots, no digit at the start, but not . or .. and nothing that begins with two dots.",
  (text) => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== "." && !text.startsWith(".."),
);

/** The name of an environment variable: anything printable but `=` (`IsRelaxedEnvVarName`). */
export const environmentName: Format = format(
  "the name of an environment variable",
  "Use printable ASCII characters other than =.",
  (text) => /^[ -<>-~]+$/.test(text),
);
