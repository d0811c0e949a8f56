import { isObject, type Json, type JsonObject, listAt, numberAt, objectAt } from "../../../core/json.ts";
import { didYouMean } from "../../../core/nearest.ts";
import { parseDuration } from "../../../vocabulary/duration.ts";
import type { Demand, Demands, Wrong } from "./demand.ts";
import { templatesIn } from "./templates.ts";

const strategyOf = (spec: JsonObject, name: string) => objectAt(objectAt(spec, "strategy"), name);

const ofTemplate: readonly Demand[] = [
  { path: "spec/metrics/*", judge: unknownArgument },
  ...["successCondition", "failureCondition"].map((field) => ({ path: `spec/metrics/*/${field}`, judge: incomplete })),
];

/** `ValidateRolloutStrategyCanary` and `ValidateRolloutStrategyBlueGreen`: the Rollout stays in InvalidSpec. */
export const ofRollouts: Demands = {
  "Rollout.argoproj.io": [
    { path: "spec/strategy/canary/steps/*/setWeight", judge: wrongWeight },
    { path: "spec/strategy/canary/steps/*/pause/duration", judge: wrongPause },
    { path: "spec/strategy/canary/steps/*/setCanaryScale", judge: wrongScale },
    different("canary", "canaryService", "stableService"),
    different("blueGreen", "previewService", "activeService"),
  ],
  "AnalysisTemplate.argoproj.io": ofTemplate,
  "ClusterAnalysisTemplate.argoproj.io": ofTemplate,
};

function wrongWeight(weight: Json, spec: JsonObject): Wrong | undefined {
  const most = numberAt(objectAt(strategyOf(spec, "canary"), "trafficRouting"), "maxTrafficWeight") ?? 100;
  if (typeof weight !== "number" || (weight >= 0 && weight <= most)) return undefined;
  return { does: `sets a weight of ${weight}`, help: `Use a weight from 0 to ${most}.` };
}

/** A number of seconds, as a text too. */
function wrongPause(duration: Json): Wrong | undefined {
  const seconds = /^[+-]?\d+$/.test(String(duration)) ? Number(duration) : parseDuration(String(duration));
  if (!["string", "number"].includes(typeof duration) || (seconds !== undefined && seconds >= 0)) return undefined;
  return { does: `pauses for ${duration}, which is not a duration`, help: "Write 30, 30s, 5m or 1h30m." };
}

function wrongScale(_: Json, spec: JsonObject): Wrong | undefined {
  if (objectAt(strategyOf(spec, "canary"), "trafficRouting") !== undefined) return undefined;
  return { does: "has a step setCanaryScale without trafficRouting", help: "Add trafficRouting, or use setWeight." };
}

function different(strategy: string, field: string, other: string): Demand {
  const judge = (service: Json, spec: JsonObject): Wrong | undefined =>
    service === strategyOf(spec, strategy)?.[other] && service !== ""
      ? { does: `has Service ${service} as both ${field} and ${other}`, help: "Name two different Services." }
      : undefined;
  return { path: `spec/strategy/${strategy}/${field}`, judge };
}

/** `failed to resolve {{args.name}}`: the analysis is in error. */
function unknownArgument(metric: Json, spec: JsonObject): Wrong | undefined {
  const known = listAt(spec, "args").flatMap((one) => (isObject(one) ? String(one.name) : []));
  const texts = [...templatesIn(metric)].map(({ text }) => text);
  const used = texts
    .flatMap((text) => [...text.matchAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g)])
    .map(([, name = ""]) => name);
  const unknown = used.find((name) => !known.includes(name));
  if (unknown === undefined || listAt(spec, "templates").length > 0) return undefined;
  return {
    does: `uses args.${unknown}, which it does not declare${didYouMean(unknown, known)}`,
    help: `Add it to spec.args.`,
    // An analysis of several templates has the arguments of all.
    severity: "warning",
  };
}

/** Whether a condition ends in the middle, or has brackets that do not match. https://expr-lang.org/docs/language-definition */
function incomplete(condition: Json): Wrong | undefined {
  const text = String(condition).replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, "s");
  const isOpen = (opening: string, closing: string) => text.split(opening).length !== text.split(closing).length;
  const isCut = /(?:[-=<>&|+*/%,(]|\b(?:and|or|not|in|contains|matches))\s*$/.test(text);
  if (!isCut && !isOpen("(", ")") && !isOpen("[", "]")) return undefined;
  return {
    does: `has the condition ${condition}, which is not complete`,
    help: "Write a whole expression: result[0] >= 0.95.",
  };
}
