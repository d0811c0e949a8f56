import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isImageReference } from "../../tools/vocabulary/image-reference.ts";

/** As github.com/distribution/reference v0.6.0 answers (`ParseNormalizedNamed`), with the digests that a kubelet links. */
const cases = JSON.parse(readFileSync(join(import.meta.dirname, "image-references.json"), "utf8"));

test("names of images are read as a kubelet reads them", () => {
  const { valid, invalid } = cases as Record<"valid" | "invalid", string[]>;
  expect(valid.length + invalid.length).toBeGreaterThan(250);
  expect(valid.filter((text) => !isImageReference(text))).toEqual([]);
  expect(invalid.filter(isImageReference)).toEqual([]);
});
