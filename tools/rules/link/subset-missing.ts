import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isFragment } from "../lib/reference.ts";
import { meshDestinations, serviceOfHost } from "../lib/routes.ts";
import { selectedBy } from "../lib/selection.ts";
import { indexOf, mayBeSameNamespace } from "../lib/target.ts";
import { maySelectOthers, nearestPods } from "../lib/unmatched.ts";

interface Place {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset */
export const subsetMissing = definePolicy({
  id: "link/subset-missing",
  severity: "error",
  why: "Istio answers every request to a subset with 503 if no DestinationRule of the host defines it, or if no pods have its labels. https://istio.io/latest/docs/ops/common-problems/network-issues/#503-errors-after-setting-destination-rule",
  fix: "Route to a subset that a DestinationRule of the host defines, with labels that pods of the Service have.",
  match: { apiVersion: "networking.istio.io/*", kind: "VirtualService" },
  *check(route, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { name, namespace, value, pointer } of meshDestinations(route)) {
      const subset = stringAt(value, "subset");
      if (!subset) continue;
      const defined = subsetsOf({ name, namespace }, context);
      // Without any, a DestinationRule may be elsewhere.
      if (defined.size === 0) continue;
      const problem = defined.has(subset)
        ? withoutPods(subset, defined.get(subset), { name, namespace }, context)
        : {
            message: `no DestinationRule defines subset ${subset} of ${name}${didYouMean(subset, [...defined.keys()])}`,
          };
      if (problem !== undefined) yield { pointer: `${pointer}/subset`, ...problem };
    }
  },
});

/** The subsets of a Service, with their labels. */
function subsetsOf({ name, namespace }: Place, context: TargetContext): Map<string, JsonObject> {
  const isAbout = (rule: Resource) => {
    const service = serviceOfHost(stringAt(objectAt(rule.object, "spec"), "host") ?? "", rule.namespace);
    return service?.name === name && mayBeSameNamespace(service.namespace, namespace);
  };
  const subsets = indexOf(context)
    .ofKind("DestinationRule.networking.istio.io")
    .filter(isAbout)
    .flatMap(({ object }) => listAt(objectAt(object, "spec"), "subsets"));
  return new Map(subsets.filter(isObject).map((one) => [stringAt(one, "name") ?? "", objectAt(one, "labels") ?? {}]));
}

function withoutPods(
  subset: string,
  labels: JsonObject | undefined,
  { name, namespace }: Place,
  context: TargetContext,
): Omit<Violation, "pointer"> | undefined {
  const service = indexOf(context).find("Service", namespace, name);
  const selector = objectAt(objectAt(service?.object, "spec"), "selector");
  if (service === undefined || selector === undefined) return undefined;
  const wanted = { matchLabels: { ...selector, ...labels } };
  if (selectedBy(wanted, service.namespace, context).length > 0) return undefined;
  if (maySelectOthers(wanted, service.namespace, context)) return undefined;
  const help = nearestPods(wanted, service.namespace, context);
  return { message: `no pods of Service ${name} have the labels of subset ${subset}`, ...(help && { help }) };
}
