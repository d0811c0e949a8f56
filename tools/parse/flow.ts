/**
 * Where the flow collection around a place ends: the offset of its bracket.
 *
 * @param position between two tokens, or at the start of one.
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

/** Where a quoted scalar ends: the offset of its second quote. */
export function endOfQuoted(text: string, position: number, quote: "'" | '"'): number {
  for (let at = position; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\" && quote === '"') at++;
    else if (char === quote && quote === "'" && text.charAt(at + 1) === quote) at++;
    else if (char === quote) return at;
  }
  return text.length;
}

/** A plain scalar of a flow collection, as far as its line goes. */
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
