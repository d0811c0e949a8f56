import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { checkOf, type Demand, from, onObject, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { maxItems, objectsIn, unique } from "../../vocabulary/lists.ts";
import { domainPrefixedPath, qualifiedName } from "../../vocabulary/names.ts";
import { isNumber, nonNegative } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { element, evenEmpty, exactlyOneWordOf, maxLength, numberOf, oneOf, textOf } from "../../vocabulary/text.ts";
import { indexCount } from "./job-indexes.ts";

const isIndexed = ({ completionMode }: JsonObject) => completionMode === "Indexed";
const isNotIndexed = ({ completionMode }: JsonObject) => isUnset(completionMode) || completionMode === "NonIndexed";
const isSet = (value: Json | undefined) => value !== undefined && value !== null;

const onlyIndexed: Check = (value, at) => {
  if (value !== undefined) at.invalid("is set, but completionMode is not Indexed", "Set completionMode: Indexed.");
};

/** At most `limit`; `scope` says in which case. */
function most(limit: number, scope: string): Check {
  return (value, at) => {
    if (isNumber(value) && value > limit)
      at.invalid(`is ${at.show(value)}; at most ${limit} is allowed ${scope}`, "Lower it.");
  };
}

const indexed = "for an Indexed Job";
const many = "with more than 100000 completions and a backoffLimitPerIndex";
const isLarge = (spec: JsonObject) =>
  isIndexed(spec) && numberOf(spec.completions) > 100_000 && isSet(spec.backoffLimitPerIndex);

const atMostCompletions: Check = (value, at) => {
  const { completions } = at.parent;
  if (isNumber(value) && isNumber(completions) && value > completions)
    at.invalid(`is ${at.show(value)}, but completions is ${completions}`, "Lower it to completions or less.");
};

/** In a Job without parallelism and completions, both default to 1. A CronJob does not default them. */
const completionsOfIndexed: Check = (value, at) => {
  const isDefaulted = at.kind === "Job" && !isSet(at.parent.parallelism);
  if (value === undefined && !isDefaulted) at.required("when completionMode is Indexed");
};

/** The pods of a Job must end, so restartPolicy must be OnFailure or Never (`validateJobSpec`). */
const endingPods: Check = (value, at) => {
  if (isUnset(value) || value === "Always")
    at.required("to be OnFailure or Never in the pods of a Job", "Set it to OnFailure or Never.");
  else if (value !== "OnFailure" && value !== "Never") oneOf("OnFailure", "Never")(value, at);
  else if (value === "OnFailure" && isObject(at.closest("batch.v1.JobSpec")?.podFailurePolicy))
    at.invalid("is OnFailure together with podFailurePolicy", "Set it to Never.");
};

const exclusiveMatch = onObject((one, at) => {
  const [codes, conditions] = [isObject(one.onExitCodes), !isUnset(one.onPodConditions)];
  const help = "Set either onExitCodes or onPodConditions.";
  if (codes && conditions) at.invalid("has both onExitCodes and onPodConditions", help);
  if (!codes && !conditions) at.invalid("has neither onExitCodes nor onPodConditions", help);
});

const failIndex: Check = (value, at) => {
  if (value === "FailIndex" && !isSet(at.closest("batch.v1.JobSpec")?.backoffLimitPerIndex))
    at.invalid("is FailIndex, but backoffLimitPerIndex is not set", "Set backoffLimitPerIndex.");
};

const containerOfTemplate: Check = (value, at) => {
  const template = at.closest("batch.v1.JobSpec")?.template;
  const spec = isObject(template) && isObject(template.spec) ? template.spec : {};
  const names = [...objectsIn(spec.containers), ...objectsIn(spec.initContainers)].map(({ name }) => textOf(name));
  if (typeof value === "string" && !names.includes(value))
    at.invalid(
      `is ${at.show(value)}, which is not a container of the template`,
      "Use the name of one of its containers.",
    );
};

/** At least one exit code, in ascending order and without success (`validatePodFailurePolicyRuleOnExitCodes`). */
const exitCodes: Check = (value, at) => {
  const codes = (Array.isArray(value) ? value : []).map((code) => (isNumber(code) ? Number(code) : 0));
  if (codes.length === 0) at.invalid("is empty", "Add at least one exit code.");
  codes.forEach((code, index) => {
    if (code === 0 && at.parent.operator === "In")
      at.under(index, () => at.invalid("is 0, which means success", "Remove it, or use the operator NotIn."));
  });
  if (codes.some((code, index) => index > 0 && code < (codes[index - 1] ?? 0)))
    at.invalid("are not in ascending order", "Sort them.");
};

/** `validateSuccessPolicyRule`. */
const successRule = onObject((one, at) => {
  const { succeededCount: count, succeededIndexes: indexes } = one;
  const completions = numberOf(at.closest("batch.v1.JobSpec")?.completions, 1);
  if (!isSet(count) && !isSet(indexes))
    at.say("Required", "needs succeededCount or succeededIndexes", "Add at least one of them.");
  const total = typeof indexes === "string" ? indexCount(indexes, completions) : completions;
  if (typeof total === "string")
    at.under("succeededIndexes", () => at.invalid(`is ${at.show(indexes)}: ${total}`, "Use indexes such as 0,2-4,7."));
  const limit = typeof total === "number" ? Math.min(total, completions) : 0;
  if (isNumber(count) && count > limit)
    at.under("succeededCount", () => at.invalid(`is ${count}, but there are only ${limit} indexes`, "Lower it."));
});

/** Applies a demand to Jobs from a version on, and to CronJobs always: older versions drop the field only in Jobs. */
function inJobsFrom(version: string, demand: Demand): Check {
  const [ofJob, ofTemplate] = [from(version, demand), checkOf(demand)];
  return (value, at) => (at.kind === "Job" ? ofJob : ofTemplate)(value, at);
}

/** Applies a demand to Indexed Jobs. In others, a success policy is reported as a whole. */
function ofIndexed(demand: Demand): Check {
  const check = inJobsFrom("1.31", demand);
  return (value, at) => {
    if (isIndexed(at.closest("batch.v1.JobSpec") ?? {})) check(value, at);
  };
}

/** `WarningsForJobSpec`. */
const trackable = onObject((spec, at) => {
  if (isIndexed(spec) && numberOf(spec.completions) > 100_000 && numberOf(spec.parallelism) > 10_000)
    at.warn(
      "has more than 100000 completions and a parallelism above 10000; if many indexes fail, some may not be tracked",
      "Lower one of them.",
    );
});

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/ (`validateJobSpec`) */
export const job: TypeDemands = {
  "batch.v1.JobSpec": [
    trackable,
    {
      parallelism: [nonNegative, when(isIndexed, most(100_000, indexed)), when(isLarge, most(10_000, many))],
      completions: [nonNegative, when(isIndexed, completionsOfIndexed)],
      activeDeadlineSeconds: nonNegative,
      backoffLimit: nonNegative,
      ttlSecondsAfterFinished: nonNegative,
      backoffLimitPerIndex: [
        nonNegative,
        when(
          ({ maxFailedIndexes }) => isSet(maxFailedIndexes),
          (value, at) => {
            if (value === undefined) at.required("with maxFailedIndexes");
          },
        ),
        when(isNotIndexed, onlyIndexed),
      ],
      maxFailedIndexes: [
        nonNegative,
        when(isNotIndexed, onlyIndexed),
        when(isIndexed, [atMostCompletions, most(100_000, indexed)]),
        when(isLarge, [
          (value, at) => {
            if (value === undefined) at.required(many);
          },
          most(10_000, many),
        ]),
      ],
      managedBy: inJobsFrom("1.32", [evenEmpty(domainPrefixedPath), maxLength(63)]),
      completionMode: exactlyOneWordOf("NonIndexed", "Indexed"),
      successPolicy: inJobsFrom("1.31", when(isIndexed, [], onlyIndexed)),
      podReplacementPolicy: when(
        ({ podFailurePolicy }) => isObject(podFailurePolicy),
        exactlyOneWordOf("Failed"),
        exactlyOneWordOf("Failed", "TerminatingOrFailed"),
      ),
      template: { spec: { restartPolicy: rule("apply/restart-policy", endingPods) } },
    },
  ],

  "batch.v1.PodFailurePolicy": { rules: maxItems(20) },
  "batch.v1.PodFailurePolicyRule": [
    exclusiveMatch,
    {
      action: [required, oneOf("Count", "FailIndex", "FailJob", "Ignore"), failIndex],
      onPodConditions: maxItems(20),
    },
  ],
  "batch.v1.PodFailurePolicyOnExitCodesRequirement": {
    containerName: containerOfTemplate,
    operator: [required, oneOf("In", "NotIn")],
    values: [exitCodes, unique, maxItems(255)],
  },
  "batch.v1.PodFailurePolicyOnPodConditionsPattern": {
    type: element(qualifiedName),
    status: oneOf("True", "False", "Unknown"),
  },
  "batch.v1.SuccessPolicy": ofIndexed({ rules: [requiredBecause("in a success policy"), maxItems(20)] }),
  "batch.v1.SuccessPolicyRule": ofIndexed([
    successRule,
    { succeededIndexes: maxLength(64 * 1024), succeededCount: nonNegative },
  ]),
};
