import { isSecretValue } from "./secret-value.ts";

/** Files whose lines are settings: `name: value`, `name = value`. */
const format = /\.(?:ya?ml|json|toml|ini|properties|conf|cnf|cfg|env)$/i;

/** Translations of texts for people: `messages_de.properties`. */
const texts = /^(?:messages|translations?|i18n)(?:_\w+)?\.\w+$/i;

/** A setting, without its indentation and markers of lists and objects. */
const setting = /^(?:export\s)?["']?([A-Za-z_][\w.-]{0,99})["']?\s{0,20}[:=](?![=>:])\s{0,20}(.{1,500})$/;
const indent = /^[\s{-]+/;
const comment = /^\s*(?:#|\/\/|;)/;

/** Not a literal value: an alias, a tag, a block, a list, a map, a call. */
const computed = /^[*!&|>[{]|[(]/;

/** Whether a file contains settings, judged by its name. */
export function isSettingsFile(name: string): boolean {
  return format.test(name) && !texts.test(name);
}

/** The first setting whose value is a secret, and the number of characters before it; undefined for none. */
export function secretSettingIn(text: string): { readonly name: string; readonly offset: number } | undefined {
  let offset = 0;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const written = line.replace(indent, "");
    const [, name, rest] = comment.test(line) ? [] : (setting.exec(written) ?? []);
    const isLiteral = name !== undefined && rest !== undefined && !computed.test(rest);
    const isNoSecret = (name === "secret" && isReference(lines, index)) || isSample(lines, index);
    if (isLiteral && isSecretValue(name, bare(rest)) && !isNoSecret)
      return { name, offset: offset + line.length - written.length };
    offset += line.length + 1;
  }
  return undefined;
}

/** Whether the `secret` of a line is the name of a Secret, as a `key` next to it is the key in that Secret. */
function isReference(lines: readonly string[], index: number): boolean {
  const depth = indent.exec(lines[index] ?? "")?.[0].length ?? 0;
  const besides = [lines[index - 1] ?? "", lines[index + 1] ?? ""];
  return besides.some((line) => (indent.exec(line)?.[0].length ?? 0) === depth && /^[\s{-]*key\s?:/.test(line));
}

/** Whether the settings of this line and of one next to it have their own names as values: `username = username`. */
function isSample(lines: readonly string[], index: number): boolean {
  const isEcho = (line = "") => {
    const [, name, rest = ""] = setting.exec(line.replace(indent, "")) ?? [];
    return name !== undefined && name.toLowerCase() === bare(rest).toLowerCase();
  };
  return isEcho(lines[index]) && (isEcho(lines[index - 1]) || isEcho(lines[index + 1]));
}

/** The value without quotes, and without a comment after it. */
function bare(text: string): string {
  const value = text.trim().replace(/,$/, "");
  const quote = value[0] ?? "";
  if (quote !== '"' && quote !== "'") return value.split(" #")[0]?.trim() ?? "";
  const end = value.indexOf(quote, 1);
  return end < 0 ? value.slice(1) : value.slice(1, end);
}
