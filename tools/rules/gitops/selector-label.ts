import { isObject, type Json, type JsonObject, objectAt } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { field } from "../../load/kustomization.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { groupKind } from "../lib/target.ts";

/** Kinds whose selector is immutable. */
const fixed = ["DaemonSet.apps", "Deployment.apps", "ReplicaSet.apps", "StatefulSet.apps", "Job.batch"];

/** The field specs of kustomize's `commonLabels`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/labels/ */
export const selectorLabel = definePolicy({
  id: "gitops/selector-label",
  severity: "error",
  why: "commonLabels, and labels with includeSelectors, write into the selectors of workloads, which are immutable: the next edit of such a label is rejected until the workload is deleted. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
  fix: "Put them under labels without includeSelectors (in kustomize 5, with includeTemplates), and give selectors their own labels.",
  *checkKustomization({ object }, { resources, kustomizations = [] }): Generator<Violation> {
    for (const { pairs, pointer, by } of written(object)) {
      for (const [label, value] of Object.entries(pairs)) {
        const into = resources.filter((resource) => selects(resource, label, value));
        const [first] = into;
        if (first === undefined) continue;
        const others = kustomizations.filter((other) => other.object !== object && writes(other.object, label, value));
        const more = into.length > 1 ? ` and ${into.length - 1} more` : "";
        const of = `selector of ${first.kind} ${first.name}${more}`;
        const message = `${by} writes ${label} into the immutable ${others.length > 0 ? "selectors of workloads" : of}`;
        const severity = isBoundToChange(label, String(value)) ? "error" : "warning";
        yield { pointer: join(pointer, label), message, severity };
      }
    }
  },
});

/** Whether the label changes with each release, so that the next is rejected. Any other does no harm until it is edited. */
function isBoundToChange(label: string, value: string): boolean {
  const name = label.slice(label.lastIndexOf("/") + 1);
  return /version|release|revision|commit|sha|chart|build|date/i.test(name) || /^v?\d+(?:\.\d+)+/.test(value);
}

/** Labels that a kustomization writes into selectors. */
interface Written {
  readonly pairs: JsonObject;
  readonly pointer: string;
  readonly by: string;
}

function written(object: JsonObject): Written[] {
  const common = field(object, "commonlabels").flatMap(({ key, value }) =>
    pairsAt(value, join("", key), "commonLabels"),
  );
  const listed = field(object, "labels").flatMap(({ key, value }) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) => {
      if (!isObject(item) || item.includeSelectors !== true) return [];
      return pairsAt(item.pairs, `${join("", key)}/${index}/pairs`, "labels with includeSelectors");
    }),
  );
  return [...common, ...listed];
}

/** Whether a kustomization writes the label too: it is then unclear which of them a workload got it from. */
function writes(object: JsonObject, label: string, value: Json): boolean {
  return written(object).some(({ pairs }) => Object.hasOwn(pairs, label) && String(pairs[label]) === String(value));
}

function pairsAt(pairs: Json | undefined, pointer: string, by: string): Written[] {
  return isObject(pairs) ? [{ pairs, pointer, by }] : [];
}

function selects(resource: Resource, label: string, value: Json): boolean {
  if (!fixed.includes(groupKind(resource))) return false;
  const labels = objectAt(objectAt(objectAt(resource.object, "spec"), "selector"), "matchLabels");
  return labels !== undefined && Object.hasOwn(labels, label) && String(labels[label]) === String(value);
}
