import { isPlaceholder } from "./placeholder.ts";

/**
 * Credentials with a known form: their name, a part that is cheap to search for, and the form. Every repetition is bounded,
 * and no two adjacent ones match the same character.
 */
const forms: readonly (readonly [what: string, part: string, form: RegExp])[] = [
  [
    "a private key",
    "PRIVATE KEY",
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s){0,40}[A-Za-z0-9+/]{16}/,
  ],
  ["an age key", "AGE-SECRET-KEY-1", /AGE-SECRET-KEY-1[A-Z0-9]{58}/],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  ["an AWS access key", "AKIA", /\bAKIA[A-Z2-7]{16}\b/],
  ["an AWS session key", "ASIA", /\bASIA[A-Z2-7]{16}\b/],
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  ["a GitHub token", "gh", /\bgh[pousr]_[A-Za-z0-9]{36}/],
  ["a GitHub token", "github_pat_", /\bgithub_pat_[A-Za-z0-9_]{60}/],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  ["a GitLab token", "gl", /\bgl(?:pat|dt|rt|ptt|oas|ft|cbt|agent)-[\w-]{20}/],
  // https://docs.slack.dev/authentication/tokens/
  ["a Slack token", "xox", /\bxox[abeoprs]-[A-Za-z0-9-]{20}/],
  ["a Slack webhook", "hooks.slack.com/services/", /hooks\.slack\.com\/services\/T\w{6,12}\/B\w{6,12}\/\w{16}/],
  ["a Google API key", "AIza", /\bAIza[\w-]{35}/],
  ["a Stripe key", "k_live_", /\b[rs]k_live_[A-Za-z0-9]{20}/],
  ["an npm token", "npm_", /\bnpm_[A-Za-z0-9]{36}/],
  ["a PyPI token", "pypi-AgEIcHlwaS5vcmc", /pypi-AgEIcHlwaS5vcmc[\w-]{30}/],
  ["a Docker Hub token", "dckr_", /\bdckr_[po]at_[\w-]{20}/],
  ["a SendGrid key", "SG.", /\bSG\.[\w-]{22}\.[\w-]{43}/],
  ["a Vault token", "hvs.", /\bhvs\.[\w-]{24}/],
  ["an Anthropic key", "sk-ant-", /\bsk-ant-[\w-]{30}/],
  ["an OpenAI key", "sk-proj-", /\bsk-proj-[\w-]{30}/],
  ["a DigitalOcean token", "do", /\bdo[opr]_v1_[a-f0-9]{64}/],
  ["a Hugging Face token", "hf_", /\bhf_[A-Za-z]{34}\b/],
  ["an Azure storage key", "AccountKey=", /AccountKey=[A-Za-z0-9+/]{86}==/],
];

/** The length of an AWS access key. */
const shortest = 20;

/** The name of the credential in a text, never the credential itself; undefined for none. */
export function credentialIn(text: string): string | undefined {
  return findCredential(text)?.what;
}

/** As {@link credentialIn}, with the number of characters before the credential. */
export function findCredential(text: string): { readonly what: string; readonly offset: number } | undefined {
  for (const [what, part, form] of text.length < shortest ? [] : forms) {
    const found = text.includes(part) ? form.exec(text) : null;
    if (found !== null && isReal(found[0])) return { what, offset: found.index };
  }
  const offset = text.includes("://") ? placeOfPassword(text) : undefined;
  return offset === undefined ? undefined : { what: "a URL with a password", offset };
}

/** Examples contain the word, or repeat a few characters. */
function isReal(credential: string): boolean {
  return !/EXAMPLE/i.test(credential) && new Set(credential.slice(-16)).size > 4;
}

const comment = /^\s*(?:#|\/\/|;)/;
const userInfo = /:\/\/([^\s/:@"'`<>\\]{0,100}):([^\s/@"'`<>\\]{1,200})@(?!sha(?:256|512):)[\w[]/g;

/** The number of characters before a URL with a password. */
function placeOfPassword(text: string): number | undefined {
  let offset = 0;
  for (const line of text.split("\n")) {
    const urls = !line.includes("://") || comment.test(line) ? [] : line.matchAll(userInfo);
    for (const { index, 1: user = "", 2: password = "" } of urls)
      if (!isPlaceholder(password) && !isWord(user, password)) return offset + index;
    offset += line.length + 1;
  }
  return undefined;
}

/** `USER:PASSWORD`, as in documentation. */
function isWord(user: string, password: string): boolean {
  return /^[A-Z_]+$/.test(user) && /^[A-Z_]+$/.test(password);
}
