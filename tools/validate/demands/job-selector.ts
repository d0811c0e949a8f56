import { isObject, type JsonObject } from "../../core/json.ts";
import { checkOf, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { dns1123Label } from "../../vocabulary/names.ts";
import type { Place } from "../../vocabulary/place.ts";
import { selects } from "../../vocabulary/selector.ts";
import { numberOf, textOf } from "../../vocabulary/text.ts";
import { givenMetadata } from "./metadata.ts";
import { givenName } from "./names.ts";
import { hostName } from "./pod-warnings.ts";
import { ofPods } from "./pods.ts";
import { labelsPath, templateLabels } from "./workload.ts";

const nameLabels = ["job-name", "batch.kubernetes.io/job-name"];
const uidLabels = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/** Stands for what only the server knows: the UID or a generated name. No label can have this value. */
const unknown = "\0";

/** The labels that every Job adds to its pods (`generateSelector`). */
function generatedLabels(job: JsonObject): JsonObject {
  const metadata = isObject(job.metadata) ? job.metadata : {};
  const name = textOf(metadata.name) || unknown;
  return Object.fromEntries([...nameLabels.map((key) => [key, name]), ...uidLabels.map((key) => [key, unknown])]);
}

/** A Job selects its pods by its UID, unless it sets manualSelector. */
const ownPods = onObject((job, at) => {
  const spec = isObject(job.spec) ? job.spec : {};
  const labels = templateLabels(spec);
  at.enter("spec");
  if (spec.manualSelector === true) manual(spec, labels, at);
  else generated(spec, labels, generatedLabels(job), at);
  at.leave();
});

function manual({ selector }: JsonObject, labels: JsonObject, at: Place): void {
  if (!isObject(selector)) at.under("selector", () => at.required("when manualSelector is true"));
  else if (!selects(selector, labels))
    at.beneath(labelsPath, () =>
      at.invalid("do not match spec.selector", "Add the labels of the selector to the template."),
    );
}

/** `validateGeneratedSelector`. */
function generated({ selector }: JsonObject, labels: JsonObject, own: JsonObject, at: Place): void {
  unlikeOwn(labels, own, at);
  if (!isObject(selector)) return;
  if (!selects(selector, own) || !selects(selector, { ...own, ...labels }))
    at.under("selector", () =>
      at.invalid("is not the one that the API server generates", "Remove it, or set manualSelector: true."),
    );
}

function unlikeOwn(labels: JsonObject, own: JsonObject, at: Place): void {
  for (const key of Object.keys(own)) {
    if (!Object.hasOwn(labels, key) || labels[key] === own[key]) continue;
    const help = "Remove the label: every Job adds it to its pods.";
    at.beneath([...labelsPath, key], () =>
      at.invalid(`is ${at.show(labels[key])}, but the Job sets it to another value`, help),
    );
  }
}

/** The host names of an Indexed Job's pods are its name and an index (`ValidateJob`). */
const hostNames = onObject((job, at) => {
  const spec = isObject(job.spec) ? job.spec : {};
  const metadata = isObject(job.metadata) ? job.metadata : {};
  hostNameOf(textOf(metadata.name), spec, at);
});

function hostNameOf(name: string, spec: JsonObject, at: Place): void {
  const completions = numberOf(spec.completions, spec.parallelism === undefined ? 1 : 0);
  if (spec.completionMode !== "Indexed" || completions <= 0 || name === "") return;
  const last = `${name}-${completions - 1}`;
  if (dns1123Label.fits(last)) return;
  const says = `leads to the pod host name ${at.show(last)}, which is not ${dns1123Label.is}`;
  at.beneath(["metadata", "name"], () => at.invalid(says, `Choose a shorter name without dots. ${dns1123Label.help}`));
}

const metadataOfJobs = checkOf(givenMetadata);

/** A CronJob creates Jobs with their own UIDs, named after it, - and the minute in 8 digits (`getJobFromTemplate2`). */
const ownJobs = onObject((cronJob, at) => {
  const template = isObject(cronJob.spec) && isObject(cronJob.spec.jobTemplate) ? cronJob.spec.jobTemplate : {};
  const spec = isObject(template.spec) ? template.spec : {};
  at.beneath(["spec", "jobTemplate", "metadata"], () => metadataOfJobs(template.metadata, at));
  at.beneath(["spec", "jobTemplate", "spec"], () => unlikeOwn(templateLabels(spec), generatedLabels({}), at));
  const name = isObject(cronJob.metadata) ? givenName(cronJob.metadata) : "";
  hostNameOf(`${name}-29000000`, spec, at);
});

/** The demands on a Job or CronJob as a whole. */
export const jobSelector: TypeDemands = {
  "batch.v1.CronJob": [ofPods(ownJobs), { metadata: hostName }],
  "batch.v1.Job": [rule("apply/selector", ownPods), rule("apply/name", hostNames), { metadata: hostName }],
};
