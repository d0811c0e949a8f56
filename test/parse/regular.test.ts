import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../tools/core/json.ts";
import { construct } from "../../tools/parse/construct.ts";
import { readEvents } from "../../tools/parse/events.ts";
import { locateByEvents } from "../../tools/parse/locate.ts";
import { locateRegular, readRegular } from "../../tools/parse/regular.ts";
import { splitDocuments } from "../../tools/parse/split.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every YAML document in this repository: manifests, rendered charts, fixtures. */
const documents = ["base", "overlays", "components", "clusters", "test"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
  .flatMap((entry) => [...splitDocuments(readFileSync(join(entry.parentPath, entry.name), "utf8"))])
  .map(({ text }) => text);

/** The value from the full YAML parser; undefined if the text is empty or has problems. */
function fullParse(text: string): Json | undefined {
  try {
    const { text: moved, events } = readEvents(text);
    const { value, faults } = construct(moved, events);
    return faults.length > 0 ? undefined : value;
  } catch {
    return undefined;
  }
}

function paths(value: Json): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  const keys = Array.isArray(value) ? value.map((_, index) => `${index}`) : Object.keys(value);
  const inner = (key: string) => paths((isObject(value) ? value[key] : value[Number(key)]) as Json);
  return [[], ["absent"], ...keys.flatMap((key) => inner(key).map((path) => [key, ...path]))];
}

/** Checks that the regular reader agrees with the full parser; false if it leaves the text to that. */
function agree(text: string): boolean {
  const value = readRegular(text);
  if (value === undefined) return false;
  expect(value, text).toEqual(fullParse(text));
  const regular = locateRegular(text);
  const byEvents = locateByEvents(text);
  for (const path of paths(value)) expect([path, regular?.(path)], text).toEqual([path, byEvents(path)]);
  return true;
}

test("reads hundreds of this repository's documents like the full parser", () => {
  expect(documents.filter(agree).length).toBeGreaterThan(400);
});

describe("reads like the full parser, or leaves the text to it", () => {
  const pieces = fc.constantFrom(
    ..."-:#'\"|>[]{},&*!?%@`\\~ \n".split(""),
    ...[
      "  ",
      "- ",
      ": ",
      " #",
      "\n\n",
      "\n  ",
      "''",
      '\\"',
      "\\n",
      "---\n",
      "...\n",
      "|\n",
      "|-\n",
      ">\n",
      "\t",
      "\r\n",
    ],
    ...["a", "yes", "null", "0x1F", "1_0", ".5", "1e3", "<<", "é", "\u2028", "\u0085", "\ufeff", "😀"],
  );
  const document = fc.constantFrom(...documents.filter((text) => text.length < 2000));

  test("documents with pieces inserted and removed", () => {
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), piece: pieces });
    fc.assert(
      fc.property(document, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        agree(
          edits.reduce((text, { at, cut, piece }) => {
            const place = Math.floor(at * text.length);
            return text.slice(0, place) + piece + text.slice(place + cut);
          }, text),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test("documents with lines shifted, removed and repeated", () => {
    const edit = fc.record({ line: fc.nat(200), how: fc.constantFrom("left", "right", "away", "twice", "blank") });
    fc.assert(
      fc.property(document, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        agree(edits.reduce((text, { line, how }) => moved(text, line, how), text));
      }),
      { numRuns: 2000 },
    );
  });

  test("texts made only of such pieces", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), fc.constantFrom("", "a: ", "- ", "a:\n  b: "), (all, start) => {
        agree(start + all.join(""));
      }),
      { numRuns: 5000 },
    );
  });
});

function moved(text: string, line: number, how: "left" | "right" | "away" | "twice" | "blank"): string {
  const lines = text.split("\n");
  const at = line % lines.length;
  const old = lines[at] as string;
  const changed = { left: [old.slice(1)], right: [` ${old}`], away: [], twice: [old, old], blank: ["", old] };
  return lines.toSpliced(at, 1, ...changed[how]).join("\n");
}

describe("must be read by the regular reader", () => {
  test.each([
    "a: 1\nb:\n- x\n- y: 2\n  z: 'it''s'\nc:\n  - - 1\n    - 2\n  -\n    d: {}\n",
    'a: "x\\n\\"y\\""\nb: []\nc:\nd: ~\n"e f": 1\n',
    "a: |\n  x\n\n   y\nb: |-\n  x\nc: |+\n  x\n\nd: 1\n",
    "# comment\n---\na: b # comment\n# comment\nc:\n  # comment\n  d: e\n",
    "a: some text\n  that goes\n\n  on\nb: 'it\n  does'\nc: \"it\n\n\n  does\"\n",
  ])("%j", (text) => expect(agree(text)).toBe(true));
});
