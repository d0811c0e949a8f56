import { cronFault } from "../../vocabulary/cron.ts";
import { rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { nonNegative } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { required } from "../../vocabulary/presence.ts";
import { evenEmpty, oneOf } from "../../vocabulary/text.ts";
import { timeZone } from "../../vocabulary/time-zones.ts";

/** `validateScheduleFormat`. */
const schedule: Check = (value, at) => {
  if (typeof value !== "string" || value === "") return;
  if (value.includes("TZ")) {
    at.invalid(`is ${at.show(value)}: the time zone has a field of its own`, "Write it into timeZone.");
    return;
  }
  const fault = cronFault(value);
  if (fault === undefined) return;
  const help = 'Write minute, hour, day of the month, month and day of the week: "30 4 * * 1-5".';
  at.invalid(`is ${at.show(value)}, which ${fault}`, help);
};

/** What a CronJob leaves to the Job that it makes (`ValidateJobTemplateSpec`). */
const generatedSelector: Check = (value, at) => {
  if (value !== undefined) at.invalid("is set; each Job of a CronJob has a selector of its own", "Remove it.");
};

const noManualSelector: Check = (value, at) => {
  if (value === true) at.notSupported(value, ["false"]);
};

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ (`validateCronJobSpec`) */
export const cronJob: TypeDemands = {
  "batch.v1.CronJobSpec": {
    schedule: rule("apply/cron", [required, schedule]),
    timeZone: rule("apply/cron", evenEmpty(timeZone)),
    startingDeadlineSeconds: nonNegative,
    concurrencyPolicy: oneOf("Allow", "Forbid", "Replace"),
    successfulJobsHistoryLimit: nonNegative,
    failedJobsHistoryLimit: nonNegative,
  },
  "batch.v1.JobTemplateSpec": {
    spec: { selector: rule("apply/selector", generatedSelector), manualSelector: noManualSelector },
  },
};
