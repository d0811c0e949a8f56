import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import type { KustomizationFile } from "../../tools/core/kustomization.ts";
import type { TargetContext } from "../../tools/policy/define.ts";
import { deprecatedField } from "../../tools/rules/gitops/deprecated-field.ts";

/** The fields that a fix suggests, parsed as YAML. */
function fixOf(object: JsonObject): unknown {
  const [found] = deprecatedField.checkKustomization?.({ object } as KustomizationFile, {} as TargetContext) ?? [];
  const written = found?.help?.replace(/^Use /, "").replace(/ \(equivalent;.*$/, "");
  return load(written ?? "");
}

test.each(["true", "no", "NULL", "1.0", "1", "0x1F", "~", "a: b", "x"])(
  "a label %s stays a string in the fix",
  (value) => {
    expect(fixOf({ commonLabels: { "a.b/host": value } })).toEqual({
      labels: [expect.objectContaining({ pairs: { "a.b/host": value } })],
    });
  },
);

test("a string among patches is reported, as kustomize 5 rejects it", () => {
  const patches = ["p.yaml", { path: "q.yaml" }];
  const found = [
    ...(deprecatedField.checkKustomization?.(
      { object: { patches } } as unknown as KustomizationFile,
      {} as TargetContext,
    ) ?? []),
  ];
  expect(found).toEqual([
    {
      pointer: "/patches/0",
      message: "a string in patches is rejected by kustomize 5",
      help: "Use - { path: p.yaml }",
    },
  ]);
});

test.each([{ vars: [] }, { commonLabels: {} }])("an empty field is to be removed: %j", (object) => {
  const found = deprecatedField.checkKustomization?.({ object } as unknown as KustomizationFile, {} as TargetContext);
  expect([...(found ?? [])].map(({ help }) => help)).toEqual(["Remove it: it is empty."]);
});
