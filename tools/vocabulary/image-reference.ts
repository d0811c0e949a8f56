/** The grammar of https://pkg.go.dev/github.com/distribution/reference (regexp.go). */
const alphanumeric = "[a-z0-9]+";
const separator = "(?:[._]|__|-+)";
const path = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const name = `${path}(?:/${path})*`;
const label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const host = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])`;
const domain = `${host}(?::[0-9]+)?`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
/** `algorithms` of github.com/opencontainers/go-digest, the only ones accepted, in lowercase. */
const digest = "sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}";

const reference = new RegExp(`^((?:${domain}/)?${name})(?::${tag})?(?:@(?:${digest}))?$`);
const withDomain = new RegExp(`^(?:${domain}/)?(${name})$`);
const identifier = /^[a-f0-9]{64}$/;
const longestName = 255;

/** The parts of a full reference: `nginx:1.27` is short for `docker.io/library/nginx:1.27`. */
interface ImageParts {
  readonly domain: string;
  readonly rest: string;
}

/** Splits off the host: the part before the first slash, if it looks like one (`splitDockerDomain` of the same module). */
export function imageParts(text: string): ImageParts {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isHost = first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
  const hub = { domain: "docker.io", rest: text };
  const parts = isHost ? { domain: first, rest: text.slice(slash + 1) } : hub;
  const own = parts.domain === "index.docker.io" ? { ...parts, domain: hub.domain } : parts;
  return own.domain === hub.domain && !own.rest.includes("/") ? { ...own, rest: `library/${own.rest}` } : own;
}

/** Whether a kubelet can parse the image name (`ParseNormalizedNamed` of github.com/distribution/reference). */
export function isImageReference(text: string): boolean {
  if (identifier.test(text)) return false;
  const parts = imageParts(text);
  const whole = reference.exec(`${parts.domain}/${parts.rest}`)?.[1];
  return whole !== undefined && (withDomain.exec(whole)?.[1] ?? whole).length <= longestName;
}
