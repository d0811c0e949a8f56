import { parseCidr, parseIp } from "../../vocabulary/network.ts";
import { isPlaceholder } from "./placeholder.ts";

type Sort = "password" | "token" | "secret" | "key";

/** Words before `KEY` that make it a secret, unlike `CACHE_KEY`. */
const opening =
  /^(?:access|account|admin|api|app|auth|client|cookie|crypto|encrypt|encryption|hmac|jwt|license|master|private|secret|session|shared|sign|signing|storage)$/;

/** Words before `SECRET` that make it the name of a Secret. */
const naming = /^(?:auth|ca|cert|certificate|credentials?|image|ingress|kube|pull|registry|serving|ssl|tls|webhook)$/;

/** Parts at the end of a name that describe the encoding of the value, not its meaning. */
const ending = /^(?:\d+|b64|base64|plain|plaintext|value)$/;

/**
 * Whether a value is a secret, judged by its name: `DB_PASSWORD`, `apiToken`, `--client-secret`. The last word decides:
 * `PASSWORD_FILE` is not a password.
 */
export function isSecretValue(name: string, value: string): boolean {
  const words = wordsOf(name);
  const sort = sortOf(words);
  if (sort === undefined || isPlaceholder(value) || leadsElsewhere(value) || isPasswordHash(value)) return false;
  if (isEcho(words, value) || isSentence(words, value)) return false;
  if (sort === "password") return true;
  if (sort === "secret") return value.length >= 6 && !isNameOfSecret(words, value) && !/^\d+$/.test(value);
  return isDense(value);
}

/** The words of a name in lower case, without those that describe an encoding: `dbPassword`, `DB_PASSWORD_B64`. */
export function wordsOf(name: string): string[] {
  const words = name
    .slice(-256)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  while (words.length > 1 && ending.test(words.at(-1) ?? "")) words.pop();
  return words;
}

function sortOf(words: readonly string[]): Sort | undefined {
  const last = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  if (words.includes("public") || words.includes("publishable")) return undefined;
  if (
    /(?:password|passwd|passphrase|requirepass|masterauth)$/.test(last) ||
    (/^(?:pass|pwd)$/.test(last) && before !== "")
  )
    return "password";
  if (last.endsWith("token")) return "token";
  if (last.endsWith("secret")) return "secret";
  const isKey =
    (last === "key" && opening.test(before)) || /^(?:api|access|secret|private|encryption|signing)key$/.test(last);
  return isKey ? "key" : undefined;
}

const flag = /^(?:true|false|yes|no|on|off|enabled?|disabled?|required|optional|[01])$/i;
/** Starts with a folder in lower case: base64 may start with a slash, too. */
const path =
  /^(?:~|\.{1,2})?\/(?:[a-z][a-z0-9_.-]*(?:\/|$)|$)|^[A-Za-z]:\\|^[\w.-]{1,100}\.(?:pem|key|crt|json|ya?ml|txt|toml|conf|jks|p12|env)$/;
const url = /^(?:jdbc:)?[a-z][a-z0-9+.-]{0,30}:\/\//i;

/** Whether a value is a switch, a file or an address, which is not a secret in itself. */
export function leadsElsewhere(value: string): boolean {
  return flag.test(value) || path.test(value) || url.test(value) || isAddress(value);
}

/** Whether a value is an IP address, with a port or without, or a range of them. */
function isAddress(value: string): boolean {
  if (!/^[\da-f.:/[\]]{2,64}$/i.test(value)) return false;
  const host = /^\[?([\da-f.:]*\.\d+|[\da-f:]+(?=\]))\]?:\d{1,5}$/i.exec(value)?.[1];
  return parseIp(host ?? value) !== undefined || parseCidr(value) !== undefined;
}

/** A hash of a modular crypt format, which a slow function makes; a `$` may be doubled. https://passlib.readthedocs.io/en/stable/modular_crypt_format.html */
const hash = /^\$\$?(?:pbkdf2(?:-\w{1,20})?|argon2(?:id|i|d)|2[abxy]|[5-7]|g?y|scrypt)\$\S{20,}$/;

/** Whether a text consists of hashes of passwords, from which the passwords cannot be read; an account may stand in front. */
export function isPasswordHash(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.every((line) => hash.test(line.trim().replace(/^[\w.@-]{1,100}:/, "")));
}

/** What names of Secrets end with. */
const sorts = /-(?:secrets?|tokens?|tls|certs?|creds|credentials)$/;

/** Whether a value is the name of a Secret: `TLS_SECRET=web-tls`, `shop/web-tls`, `CONTROLLER_SECRET=web-secret`. */
function isNameOfSecret(words: readonly string[], value: string): boolean {
  const isName = /^[a-z0-9][a-z0-9.-]{0,252}$/.test(value);
  const before = words.at(-2) ?? "";
  const saysSo = sorts.test(value) && !opening.test(before);
  const isNamed = naming.test(before) || words.includes("existing") || repeatsWords(words, value) || saysSo;
  return /^[a-z0-9.-]{1,63}\/[a-z0-9.-]{1,253}$/.test(value) || (isName && isNamed);
}

/** Whether a value consists of words of its own name: `GITHUB_TOKEN_SECRET=github-token`. */
function repeatsWords(words: readonly string[], value: string): boolean {
  const parts = value.split(/[.-]/);
  return parts.length > 1 && parts.every((word) => words.includes(word));
}

/** Whether a value is its own name in capitals, to be filled in: `--cookie-secret=SECRET`. */
function isEcho(words: readonly string[], value: string): boolean {
  return /^[A-Z_]+$/.test(value) && `_${words.join("_")}`.endsWith(`_${value.toLowerCase()}`);
}

/** Whether a value is a text for people that contains the name: `Forgot password?` */
function isSentence(words: readonly string[], value: string): boolean {
  const parts = value.toLowerCase().split(/[^a-z]+/);
  return /\s/.test(value) && parts.includes(words.at(-1) ?? "");
}

/** Whether a value looks random: letters and digits, or many letters, without spaces. */
function isDense(value: string): boolean {
  if (value.length < 8 || /\s/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return /\d/.test(value) || /^[a-z]{12,}$/.test(value) || value.length >= 20;
}
