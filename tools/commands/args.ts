import { parseArgs } from "node:util";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Args, Command, Flag } from "./command.ts";

/**
 * Parses the arguments after a command's name.
 *
 * @throws UserError for an unknown flag, a missing value, a repeated flag that is not repeatable, or an extra argument
 */
export function parse(name: string, command: Command, argv: readonly string[]): Args {
  const flags = command.flags;
  const { tokens, values, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(flags).map(([flag, spec]) => [flag, option(spec)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) throw unknown(name, token.rawName, flags);
    if (flag.type === "string" && !hasValue(token))
      throw new UserError(`${token.rawName} needs a value: ${spell(token.name, flag)}`);
    if (flag.type === "boolean" && token.value !== undefined) throw new UserError(`${token.rawName} takes no value`);
    if (seen.has(token.name) && !flag.multiple) throw new UserError(`${token.rawName} is given twice`);
    seen.add(token.name);
  }
  const extra = positionals[command.maxPositionals ?? Number.POSITIVE_INFINITY];
  if (extra !== undefined) throw new UserError(`unexpected argument "${extra}"; see gitops ${name} --help`);
  const list = (flag: string) => [values[flag] ?? []].flat().filter((value) => typeof value === "string");
  return {
    positionals,
    string: (flag) => list(flag)[0],
    strings: list,
    boolean: (flag) => values[flag] === true,
  };
}

/** A flag in place of a value means that the value is missing, unless it is written as `--flag=-x`. */
function hasValue({ value, inlineValue }: { value?: string | undefined; inlineValue?: boolean | undefined }): boolean {
  return value !== undefined && value !== "" && (inlineValue === true || value === "-" || !value.startsWith("-"));
}

function option({ type, short, multiple }: Flag) {
  return { type, ...(short && { short }), ...(multiple && { multiple }) };
}

function unknown(command: string, raw: string, flags: Command["flags"]): UserError {
  const known = Object.keys(flags).map((flag) => `--${flag}`);
  const hint = didYouMean(raw, known) || `; see gitops ${command} --help`;
  return new UserError(`unknown flag ${raw}${hint}`);
}

/** A flag as shown in the help: `-o, --output FORMAT[=FILE]`. */
export function spell(name: string, flag: Flag): string {
  const short = flag.short ? `-${flag.short}, ` : "";
  return `${short}--${name}${flag.value ? ` ${flag.value}` : ""}`;
}
