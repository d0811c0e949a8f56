import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isImageReference } from "../../tools/vocabulary/image-reference.ts";

/** Answers of `ParseNormalizedNamed` in github.com/distribution/reference v0.6.0, with the digests linked into a kubelet. */
const cases = JSON.parse(readFileSync(join(import.meta.dirname, "image-references.json"), "utf8"));

test("image references are parsed as in the kubelet", () => {
  const { valid, invalid } = cases as Record<"valid" | "invalid", string[]>;
  expect(valid.length + invalid.length).toBeGreaterThan(250);
  expect(valid.filter((text) => !isImageReference(text))).toEqual([]);
  expect(invalid.filter(isImageReference)).toEqual([]);
});
