/** Paints text for a terminal, or leaves it unchanged. */
export interface Style {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const paint = (open: number, close: number) => (text: string) =>
  text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string) => text;

/** A style that paints text, or one that does not. */
export function style(colours: boolean): Style {
  if (!colours) return { red: plain, yellow: plain, green: plain, dim: plain, bold: plain };
  return { red: paint(31, 39), yellow: paint(33, 39), green: paint(32, 39), dim: paint(2, 22), bold: paint(1, 22) };
}

/**
 * Whether to use colours: according to FORCE_COLOR, else NO_COLOR (the precedence of Node itself), else on a terminal.
 * https://no-color.org, https://force-color.org
 */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}

/**
 * Makes text harmless to a terminal. Control characters (such as those that end a line, move the cursor or start an
 * escape sequence), and invisible ones that change the writing direction, are shown as `\u{…}`.
 */
export function visible(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** As {@link visible}, for a text of several lines. */
export function visibleLines(text: string): string {
  return text.replaceAll("\t", "  ").split("\n").map(visible).join("\n");
}

/** Control and format characters, lone surrogates, and the separators that some programs treat as line breaks. */
export const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
