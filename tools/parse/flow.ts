/**
 * The offset of the bracket that closes the flow collection around a position; the end of the text if it is missing.
 *
 * @param position between two tokens, or at the start of a token.
 */
export function endOfFlow(text: string, position: number): number {
  let depth = 0;
  for (let at = position; at < text.length; ) {
    const char = text.charAt(at);
    if (char === "[" || char === "{") depth++;
    else if ((char === "]" || char === "}") && --depth < 0) return at;
    at = afterToken(text, at, char);
  }
  return text.length;
}

/** The offset of the quote that closes a quoted scalar; the end of the text if it is missing. */
export function endOfQuoted(text: string, position: number, quote: "'" | '"'): number {
  for (let at = position; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\" && quote === '"') at++;
    else if (char === quote && quote === "'" && text.charAt(at + 1) === quote) at++;
    else if (char === quote) return at;
  }
  return text.length;
}

/** The part of a plain scalar in a flow collection that is on one line. */
const plain = /(?:[^\s,[\]{}:#]|:(?![\s,[\]{}]|$)|(?<!\s)#)+/y;

function afterToken(text: string, at: number, char: string): number {
  if (char === '"' || char === "'") return endOfQuoted(text, at + 1, char) + 1;
  if (char === "#" && /\s/.test(text.charAt(at - 1))) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end;
  }
  plain.lastIndex = at;
  return Math.max(at + 1, plain.test(text) ? plain.lastIndex : at + 1);
}
