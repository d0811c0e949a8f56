const markers = [/^<{7} /gm, /^={7}\r?$/gm, /^>{7} /gm];

/** The offset of the first marker that `git merge` left in a text; undefined if it contains no unresolved conflict. */
export function conflictIn(text: string): number | undefined {
  let [first, from]: [number | undefined, number] = [undefined, 0];
  for (const marker of markers) {
    marker.lastIndex = from;
    const found = marker.exec(text);
    if (found === null) return undefined;
    first ??= found.index;
    from = marker.lastIndex;
  }
  return first;
}

/** Whether a part of a text with a conflict contains one of its markers. */
export function hasMarker(text: string): boolean {
  return markers.some((marker) => text.search(marker) >= 0);
}

export const conflictMessage = "the file contains the markers of a merge conflict";
export const conflictHelp =
  "Resolve the conflict: keep one side, or combine both, and remove the lines with the markers.";
