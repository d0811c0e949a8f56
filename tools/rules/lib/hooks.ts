import { objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { helmHookAnnotation } from "./sync/sync-order.ts";

/**
 * Whether a resource is only a test of a Helm chart: `helm test` creates it, but no sync does.
 * https://helm.sh/docs/topics/chart_tests/, https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks
 */
export function isChartTest({ object }: Resource): boolean {
  const hooks = stringAt(objectAt(objectAt(object, "metadata"), "annotations"), helmHookAnnotation) ?? "";
  return hooks.split(",").every((hook) => tests.includes(hook.trim()));
}

/** Helm 2 had a test for success and one for failure. */
const tests = ["test", "test-success", "test-failure"];
