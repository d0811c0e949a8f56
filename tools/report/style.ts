/** Paints text for a terminal, or leaves it as it is. */
export interface Style {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const paint = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string) => text;

export function style(colours: boolean): Style {
  if (!colours) return { red: plain, yellow: plain, green: plain, dim: plain, bold: plain };
  return { red: paint(31, 39), yellow: paint(33, 39), green: paint(32, 39), dim: paint(2, 22), bold: paint(1, 22) };
}

/**
 * Whether to paint: as NO_COLOR and FORCE_COLOR demand, the latter winning as it does in Node itself, else where a
 * terminal reads. https://no-color.org, https://force-color.org
 */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}

/**
 * Makes text of a target harmless to a terminal: control characters, among them those that end a line, move the cursor or
 * start an escape sequence, and the invisible ones that turn the writing direction are shown as `\u{…}`.
 */
export function visible(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** As {@link visible}, of a text of several lines. */
export function visibleLines(text: string): string {
  return text.replaceAll("\t", "  ").split("\n").map(visible).join("\n");
}

/** Control, format, half a character, and the separators that some programs take for the end of a line. */
export const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
