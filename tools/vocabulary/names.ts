import { type Format, format } from "./text.ts";

// The name formats of k8s.io/apimachinery/pkg/util/validation, RFC 1123 and RFC 1035.

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Whether a text is a DNS label (RFC 1123). */
export const isLabel = (text: string): boolean => text.length <= 63 && label.test(text);

/** Whether a text is a DNS name (RFC 1123). */
export const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const dns1123Label: Format = format(
  "a DNS label",
  "Use at most 63 lowercase letters, digits and -, starting and ending with a letter or digit.",
  isLabel,
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const dns1123Subdomain: Format = format(
  "a DNS name",
  "Use at most 253 lowercase letters, digits, - and dots; each part must start and end with a letter or digit.",
  isSubdomain,
);

/**
 * Makes a name prefix checkable as a name: replaces a dash at its end, and the character before, by a letter.
 * `maskTrailingDash` in k8s.io/apimachinery/pkg/api/validation
 */
export function withoutDash(text: string): string {
  return text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text;
}

/** A DNS name, or a prefix of one. */
export const dns1123SubdomainStart: Format = format(dns1123Subdomain.is, dns1123Subdomain.help, (text) =>
  isSubdomain(withoutDash(text)),
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names */
export const dns1035Label: Format = format(
  "a DNS label that starts with a letter",
  "Use at most 63 lowercase letters, digits and -, starting with a letter and ending with a letter or digit.",
  (text) => text.length <= 63 && label1035.test(text),
);

/** A DNS name after a single `*.`. */
export const wildcardSubdomain: Format = format(
  "a DNS name with a wildcard",
  "Use *. followed by a lowercase DNS name, such as *.example.com.",
  (text) => text.length <= 253 && text.startsWith("*.") && subdomain.test(text.slice(2)),
);

/** A label key: a name of at most 63 characters, optionally after a DNS name and a slash. */
export const qualifiedName: Format = format(
  "a qualified name",
  "Use at most 63 letters, digits, -, _ and dots, starting and ending with a letter or digit, optionally after a DNS name and /.",
  isQualifiedName,
);

/** Whether a text is a valid label key. */
export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf("/");
  const name = text.slice(slash + 1);
  return name.length <= 63 && qualifiedPart.test(name) && (slash < 0 || isSubdomain(text.slice(0, slash)));
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labelValue: Format = format(
  "a valid label value",
  "Use at most 63 letters, digits, -, _ and dots, starting and ending with a letter or digit; or leave it empty.",
  (text) => text === "" || (text.length <= 63 && qualifiedPart.test(text)),
);

/** A port name: an IANA service name. */
export const portName: Format = format(
  "a valid port name",
  "Use at most 15 lowercase letters, digits and -, with at least one letter, no -- and no - at either end.",
  isPortName,
);

/** Whether a text is a valid port name. */
export function isPortName(text: string): boolean {
  return text.length <= 15 && /^[-a-z0-9]+$/.test(text) && /[a-z]/.test(text) && !/--|^-|-$/.test(text);
}

/** A key of a ConfigMap or Secret, which can also become a file name. */
export const configKey: Format = format(
  "a valid ConfigMap or Secret key",
  "Use at most 253 letters, digits, -, _ and dots; it must not be a dot or start with two dots.",
  (text) => text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== "." && !text.startsWith(".."),
);

/** A name that can be a segment of a URL path, as RBAC requires. */
export const pathSegment: Format = format(
  "a valid path segment",
  "Use a name without / and %; it must not be one or two dots.",
  (text) => text !== "." && text !== ".." && !/[/%]/.test(text),
);

/** `domain/path`, the format of finalizers and condition types of controllers. */
export const domainPrefixedPath: Format = format(
  "a domain-prefixed path",
  "Use a DNS name, / and a path, such as example.com/thing.",
  (text) => {
    const slash = text.indexOf("/");
    return (
      slash > 0 && isSubdomain(text.slice(0, slash)) && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(text.slice(slash + 1))
    );
  },
);

/** An environment variable name up to 1.31, where RelaxedEnvironmentVariableValidation is off (`IsEnvVarName`). */
export const strictEnvironmentName: Format = format(
  "a valid environment variable name",
  "Use letters, digits, -, _ and dots; it must not be a dot, or start with a digit or two dots.",
  (text) => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== "." && !text.startsWith(".."),
);

/** An environment variable name: any printable ASCII character except `=` (`IsRelaxedEnvVarName`). */
export const environmentName: Format = format(
  "a valid environment variable name",
  "Use printable ASCII characters other than =.",
  (text) => /^[ -<>-~]+$/.test(text),
);
