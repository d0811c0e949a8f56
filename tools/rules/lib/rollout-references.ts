import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import { valuesAt } from "./places.ts";
import { areTogether, indexOf } from "./target.ts";

/** `ValidateRolloutReferencedResources` of Argo Rollouts: objects that exist, but do not suit the Rollout. */
export function* unfitReferences(rollout: Resource, context: TargetContext): Generator<Violation> {
  yield* ofIngresses(rollout, context);
  for (const path of analyses)
    for (const { value, pointer } of valuesAt(rollout.object, `spec/strategy/${path}`))
      yield* ofAnalysis(value, pointer, rollout, context);
}

const analyses = [
  "canary/steps/*/analysis",
  "canary/analysis",
  "blueGreen/prePromotionAnalysis",
  "blueGreen/postPromotionAnalysis",
];

/** The Ingress of the stable pods must route to their Service. */
function* ofIngresses(rollout: Resource, context: TargetContext): Generator<Violation> {
  const { name, namespace, object } = rollout;
  const canary = objectAt(objectAt(objectAt(object, "spec"), "strategy"), "canary");
  const root = stringAt(objectAt(objectAt(canary, "trafficRouting"), "alb"), "rootService");
  const service = root || stringAt(canary, "stableService");
  for (const path of ["nginx/stableIngress", "nginx/stableIngresses/*", "alb/ingress", "alb/ingresses/*"]) {
    for (const { value, pointer } of valuesAt(object, `spec/strategy/canary/trafficRouting/${path}`)) {
      const ingress = indexOf(context).find("Ingress.networking.k8s.io", namespace, String(value));
      if (ingress === undefined || !areTogether(rollout, ingress, context)) continue;
      const backends = valuesAt(ingress.object, "spec/rules/*/http/paths/*/backend/service/name");
      if (!service || backends.some((one) => one.value === service)) continue;
      const names = [...new Set(backends.map((one) => String(one.value)))];
      const message = `Rollout ${name} names Ingress ${value}, which does not route to its Service ${service}`;
      yield { pointer, message, help: names.length > 0 ? `It routes to ${listed(names, 3)}.` : "Add a rule to it." };
    }
  }
}

/** `args.NAME was not resolved`: each argument of a template needs a value, there or in the analysis. */
function* ofAnalysis(analysis: Json, pointer: string, rollout: Resource, context: TargetContext): Generator<Violation> {
  if (!isObject(analysis)) return;
  const templates = listAt(analysis, "templates").map((one) => templateOf(isObject(one) ? one : {}, rollout, context));
  const specs = templates.map((one) => objectAt(one?.object, "spec"));
  // A template may consist of others.
  if (specs.some((one) => one === undefined || one.templates !== undefined)) return;
  const given = argumentsIn(analysis).map((one) => one.name);
  const set = specs.flatMap(argumentsIn).filter((one) => one.value !== undefined || one.valueFrom !== undefined);
  for (const [index, spec] of specs.entries()) {
    for (const argument of argumentsIn(spec)) {
      if (given.includes(argument.name) || set.some((one) => one.name === argument.name)) continue;
      const template = `${templates[index]?.kind} ${templates[index]?.name}`;
      const message = `Rollout ${rollout.name} does not set argument ${argument.name} of ${template}, which has no value for it`;
      yield { pointer: `${pointer}/templates/${index}`, message, help: "Add it to args beside templates." };
    }
  }
}

function templateOf(ref: JsonObject, rollout: Resource, context: TargetContext): Resource | undefined {
  const kind = ref.clusterScope === true ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
  const found = indexOf(context).find(`${kind}.argoproj.io`, rollout.namespace, stringAt(ref, "templateName") ?? "");
  return found && areTogether(rollout, found, context) ? found : undefined;
}

function argumentsIn(spec: JsonObject | undefined): JsonObject[] {
  return listAt(spec, "args").filter(isObject);
}
