import { tokens } from "../core/pointer.ts";
import { type Locate, locateByEvents } from "./locate.ts";
import { locateRegular } from "./regular.ts";
import { type Chunk, splitDocuments } from "./split.ts";
import { Places, type Position } from "./text.ts";

/** A document, read again to locate values in it. */
interface Placed {
  /** The offset of the document within the whole text. */
  readonly offset: number;
  readonly locate: Locate;
}

const maxRecent = 16;

/** The positions in a text of several documents. It is split once; a document is read again when it is first needed. */
export class Positions {
  readonly #chunks: readonly Chunk[];
  readonly #places: Places;
  /** The most recently used documents: findings come document by document. */
  readonly #recent = new Map<number, Placed>();

  constructor(text: string) {
    this.#chunks = [...splitDocuments(text)];
    this.#places = new Places(text);
  }

  /**
   * The line and column of the value at a pointer: those of the key for an entry of a mapping, of the value for an item
   * of a list, and of the merged or aliased text if it comes from there. If there is no such value, those of its
   * nearest existing parent.
   *
   * @param index of the document, 0-based, counting empty documents.
   * @returns undefined when there is no such document.
   */
  at(index: number, pointer: string): Position | undefined {
    const document = this.#documentAt(index);
    if (document === undefined) return undefined;
    return this.#places.at(document.offset + document.locate(tokens(pointer)));
  }

  #documentAt(index: number): Placed | undefined {
    const chunk = this.#chunks[index];
    if (chunk === undefined) return undefined;
    const document = this.#recent.get(index) ?? {
      offset: chunk.offset,
      locate: locateRegular(chunk.text) ?? locateByEvents(chunk.text),
    };
    this.#recent.delete(index);
    this.#recent.set(index, document);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= maxRecent) break;
      this.#recent.delete(oldest);
    }
    return document;
  }
}

let latest: { readonly text: string; readonly positions: Positions } | undefined;

/** As {@link Positions.at}, for a text. The latest text is kept, so that several calls for it read it once. */
export function positionOf(text: string, documentIndex: number, pointer: string): Position | undefined {
  if (latest?.text !== text) latest = { text, positions: new Positions(text) };
  return latest.positions.at(documentIndex, pointer);
}
