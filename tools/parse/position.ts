import { tokens } from "../core/pointer.ts";
import { type Locate, locateByEvents } from "./locate.ts";
import { locateRegular } from "./regular.ts";
import { type Chunk, splitDocuments } from "./split.ts";
import { Places, type Position } from "./text.ts";

/** One document, read again for questions about it. */
interface Placed {
  /** Of the document within the whole text. */
  readonly offset: number;
  readonly locate: Locate;
}

const maxRecent = 16;

/** The places in a text of several documents: cut into them once, each read again when something in it is asked for. */
export class Positions {
  readonly #chunks: readonly Chunk[];
  readonly #places: Places;
  /** The documents asked for last: findings come document by document. */
  readonly #recent = new Map<number, Placed>();

  constructor(text: string) {
    this.#chunks = [...splitDocuments(text)];
    this.#places = new Places(text);
  }

  /**
   * The line and column of what a pointer names: of the key for an entry of a mapping, of the value for an item of a
   * list, of the merged or aliased text where it comes from there. Where the pointer leads nowhere, of the nearest
   * parent that is there.
   *
   * @param index of the document, 0-based, empty ones counted.
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

/** {@link Positions.at}, for a question about a text; what follows about the same one is answered from what was read. */
export function positionOf(text: string, documentIndex: number, pointer: string): Position | undefined {
  if (latest?.text !== text) latest = { text, positions: new Positions(text) };
  return latest.positions.at(documentIndex, pointer);
}
