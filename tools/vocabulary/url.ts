import { parseIp } from "./network.ts";

/** The parts of a URL. `host` includes the port, and `query` is the text after the question mark. */
export interface Url {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Parses a URL like Go's `url.Parse`, which accepts almost anything; undefined if even that rejects it. */
export function parseUrl(text: string): Url | undefined {
  if (hasControls(text)) return undefined;
  const [before, fragment = ""] = cut(text, "#");
  const split = schemeOf(before);
  if (split === undefined || !isEscaped(fragment)) return undefined;
  const [scheme, afterScheme] = split;
  const [rest, query = ""] = cut(afterScheme, "?");
  if (!rest.startsWith("/")) return withoutAuthority(scheme, rest, query, fragment);
  if (!rest.startsWith("//") || (scheme === "" && rest.startsWith("///"))) {
    return isEscaped(rest) ? { scheme, user: undefined, host: "", path: rest, query, fragment } : undefined;
  }
  const slash = rest.indexOf("/", 2);
  const [authority, path] = slash < 0 ? [rest.slice(2), ""] : [rest.slice(2, slash), rest.slice(slash)];
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  const user = at < 0 ? undefined : authority.slice(0, at);
  if (!isHost(host) || !isEscaped(path) || (user !== undefined && !isUser(user))) return undefined;
  return { scheme, user, host, path, query, fragment };
}

/** `mailto:someone` has no path; `10.0.0.0/8` is a path. A colon in the first segment would look like a scheme. */
function withoutAuthority(scheme: string, rest: string, query: string, fragment: string): Url | undefined {
  if (scheme !== "") return { scheme, user: undefined, host: "", path: "", query, fragment };
  if (rest.split("/", 1)[0]?.includes(":") || !isEscaped(rest)) return undefined;
  return { scheme, user: undefined, host: "", path: rest, query, fragment };
}

function cut(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function schemeOf(text: string): [scheme: string, rest: string] | undefined {
  if (text.startsWith(":")) return undefined;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  return scheme === undefined ? ["", text] : [scheme.toLowerCase(), text.slice(scheme.length + 1)];
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) {
    const [, address = "", port = ""] = /^\[([^\]]*)\](.*)$/.exec(host) ?? [];
    return isPort(port) && address.includes(":") && parseIp(address.replace(/%25.*$/s, "")) !== undefined;
  }
  const colon = host.lastIndexOf(":");
  return isPort(colon < 0 ? "" : host.slice(colon)) && /^([^ \\^`{|}%]|%25|%[89A-Fa-f][0-9A-Fa-f])*$/.test(host);
}

const isPort = (text: string) => /^(:\d*)?$/.test(text);
const isUser = (text: string) => /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text) && isEscaped(text);
const isEscaped = (text: string) => !/%(?![0-9A-Fa-f]{2})/.test(text);

function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}
