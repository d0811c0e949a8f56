import { parseIp } from "./network.ts";

const visible = "!-~\\u0080-\\u{10ffff}";
const atom = `[^\\0- ()<>[\\]:;@\\\\,"\\x7f]+`;
const quoted = `"(?:[ \\t!#-[\\]-~\\u0080-\\u{10ffff}]|\\\\[ \\t${visible}])*"`;
const address = new RegExp(`^[ \\t]*(${quoted}|${atom})@[ \\t]*(${atom}|\\[[^\\0- [\\]\\\\\\x7f]*\\])`, "u");
const word = new RegExp(`^[ \\t]*(?:${quoted}|${atom})`, "u");

/** Whether the text is a single e-mail address, with or without a display name (Go's `mail.ParseAddress`). */
export function isMailAddress(text: string): boolean {
  const after = afterAddress(text) ?? afterNamed(text);
  return after !== undefined && afterComments(after) === "";
}

/** The text after an address; undefined if there is no address. */
function afterAddress(text: string): string | undefined {
  const [all = "", local = "", domain = ""] = address.exec(text) ?? [];
  const fits = isLocal(local) && (domain.startsWith("[") ? isLiteral(domain) : isDotted(domain));
  return fits ? text.slice(all.length) : undefined;
}

function isLocal(local: string): boolean {
  return local.startsWith('"') ? local !== '""' : isDotted(local);
}

function isDotted(name: string): boolean {
  return name.split(".").every((part) => part !== "");
}

function isLiteral(domain: string): boolean {
  const ip = domain.slice(1, -1);
  return parseIp(ip) !== undefined && !/(^|\.)0\d/.test(ip);
}

/** The text after a display name and an address in angle brackets; undefined if there is none. */
function afterNamed(text: string): string | undefined {
  let rest: string | undefined = text;
  for (let found = word.exec(rest); rest !== undefined && found !== null; found = word.exec(rest ?? ""))
    rest = afterComments(rest.slice(found[0].length));
  const bracket = rest === undefined ? null : /^[ \t]*</.exec(rest);
  const after = bracket === null ? undefined : afterAddress((rest as string).slice(bracket[0].length));
  return after?.startsWith(">") ? after.slice(1) : undefined;
}

/** The text after white space and comments in parentheses; undefined if a comment is not closed. */
function afterComments(text: string): string | undefined {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const sign = text.charAt(index);
    if (sign === "(") depth++;
    else if (depth === 0 && sign !== " " && sign !== "\t") return text.slice(index);
    else if (sign === ")") depth--;
    else if (sign === "\\" && depth > 0 && index + 1 < text.length) index++;
  }
  return depth === 0 ? "" : undefined;
}
