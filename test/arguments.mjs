import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** Why a program does not run without a context. */
export const noContext = "--context is missing: there is no default, so that the wrong cluster is never used";

/**
 * The arguments of a program that is described by the comment above its imports. With --help it prints that, and ends; where the
 * arguments are wrong, it says why besides, and ends with 2.
 *
 * @template {import("node:util").ParseArgsOptionsConfig} T
 * @param {string} file the program's: import.meta.filename
 * @param {string} name as it is run: e2e
 * @param {T} options
 * @param {{ readonly positionals?: boolean, readonly wrong?: (values: Record<string, any>) => string | undefined }} [more]
 *   `wrong`: a sentence about what parseArgs cannot know
 */
export function readArguments(
  file,
  name,
  options,
  { positionals: allowPositionals = false, wrong = () => undefined } = {},
) {
  const usage = (message) => {
    const head = readFileSync(file, "utf8").split("\nimport ")[0] ?? "";
    const text = head.replaceAll(/^\/\/ ?/gm, "").trimEnd();
    if (message === undefined) console.log(text);
    else console.error(`${name}: ${message}\n\n${text}`);
    process.exit(message === undefined ? 0 : 2);
  };
  try {
    const help = { type: "boolean", short: "h", default: false };
    const { values, positionals } = parseArgs({ options: { ...options, help }, allowPositionals });
    if (values.help) return usage();
    const why = wrong(values);
    return why === undefined ? { ...values, positionals } : usage(why);
  } catch (error) {
    return usage(error.message);
  }
}
