import { expect, test } from "vitest";
import { resourceOf } from "../../tools/core/resource.ts";
import { isNotUpdated } from "../../tools/diff/recreated.ts";

test.each([
  ["argocd.argoproj.io/sync-options", "Replace=true, Force=true", true],
  ["argocd.argoproj.io/sync-options", "Replace=true", false],
  ["argocd.argoproj.io/sync-options", "Prune=false", false],
  ["argocd.argoproj.io/hook", "PreSync", true],
  ["argocd.argoproj.io/hook-delete-policy", "HookSucceeded", false],
  ["kustomize.toolkit.fluxcd.io/force", "enabled", true],
  ["kustomize.toolkit.fluxcd.io/force", "disabled", false],
  ["kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent", true],
  ["kustomize.toolkit.fluxcd.io/ssa", "Merge", false],
  ["kustomize.toolkit.fluxcd.io/reconcile", "disabled", true],
  ["constructor", "x", false],
])("%s: %s", (key, value, expected) => {
  const metadata = { name: "x", annotations: { [key]: value } };
  expect(isNotUpdated(resourceOf({ apiVersion: "batch/v1", kind: "Job", metadata }))).toBe(expected);
});
