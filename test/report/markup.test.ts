import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeMarkup } from "../../tools/report/markup.ts";
import { readXml } from "./xml.ts";

test("any text can be read back from an element and from an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeMarkup(text);
      const { attributes, text: inner } = readXml(`<a b="${escaped.replaceAll("\n", " ")}">${escaped}</a>`);
      expect(attributes.b).toBe(inner.replaceAll("\n", " "));
    }),
  );
});

test("harmless text reads back unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(readXml(`<a>${escapeMarkup(text)}</a>`).text).toBe(text);
    }),
  );
});
