import { expect, test } from "vitest";
import type { KustomizationFile } from "../../tools/core/kustomization.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import type { TargetContext } from "../../tools/policy/define.ts";
import { selectorLabel } from "../../tools/rules/gitops/selector-label.ts";
import { deployment } from "../validate/subject.ts";

const labels = { "example.com/version": "1.0" };
const resources = ["a", "b"].map((name) =>
  resourceOf({ ...deployment({ selector: { matchLabels: labels } }), metadata: { name } }),
);
const file = (object: KustomizationFile["object"]) => ({ object }) as KustomizationFile;

/** The messages about the first of a target's kustomizations. */
function messagesFor(kustomizations: readonly KustomizationFile[]): string[] {
  const context = { resources, kustomizations } as unknown as TargetContext;
  const [first = file({})] = kustomizations;
  return [...(selectorLabel.checkKustomization?.(first, context) ?? [])].map(({ message }) => message);
}

test("names the workloads if only one kustomization can have written the label", () => {
  expect(messagesFor([file({ commonLabels: labels }), file({ resources: ["a.yaml"] })])).toEqual([
    "commonLabels writes example.com/version into the immutable selector of Deployment a and 1 more",
  ]);
  expect(messagesFor([file({ commonLabels: labels }), file({ commonLabels: labels })])).toEqual([
    "commonLabels writes example.com/version into the immutable selectors of workloads",
  ]);
});
