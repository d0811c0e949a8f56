import { expect, test } from "vitest";
import { resourceOf } from "../../tools/core/resource.ts";
import { effectsOfField } from "../../tools/diff/field-effects.ts";
import { claim } from "./table.ts";

test.each([
  ["1Gi", "2Gi", ["the volume grows if its StorageClass allows it"]],
  ["1Gi", "500Mi", []],
])("a claim from %s to %s", (before, after, messages) => {
  const path = "spec.resources.requests.storage";
  const field = { pointer: `/${path.replaceAll(".", "/")}`, path, pattern: path.split("."), before, after };
  const judged = effectsOfField(field, resourceOf(claim(before)), resourceOf(claim(after)));
  expect(judged.reasons.map(({ message }) => message)).toEqual(messages);
});
