/** The advice on a boolean that should be a string, as the validation gives it without the text. */
const advice = /^Put it in quotes: "(true|false)"; without quotes, YAML also reads [^.]*\./;

/** The value of an entry, from its key or its dash on. */
const entry = /^(?:-\s+)?(?:[^\s:]+\s*:\s+)?(y|yes|on|n|no|off)\s*(?:[,}\]#]|$)/i;

/**
 * The advice on a value that should be a string, with the word that is written: YAML reads `on` as true, so `"true"` in quotes
 * would be another text. Undefined if the word is the value itself.
 *
 * @param lines of the file
 * @param line 1-based, as is `column`
 */
export function asWritten(
  help: string | undefined,
  lines: () => readonly string[],
  line: number,
  column: number,
): string | undefined {
  const [found, value] = advice.exec(help ?? "") ?? [];
  if (help === undefined || found === undefined) return undefined;
  const rest = lines()[line - 1]?.slice(column - 1) ?? "";
  const word = entry.exec(rest.trimEnd())?.[1];
  if (word === undefined) return undefined;
  return help.replace(found, `Put it in quotes: "${word}"; without quotes, YAML reads ${word} as ${value}.`);
}
