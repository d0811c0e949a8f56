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
    at.invalid(`is ${at.show(value)}; the time zone belongs in timeZone`, "Move the time zone to timeZone.");
    return;
  }
  const fault = cronFault(value);
  if (fault === undefined) return;
  const help = 'Use minute, hour, day of the month, month and day of the week, such as "30 4 * * 1-5".';
  at.invalid(`is ${at.show(value)}: ${fault}`, help);
};

/** A CronJob cannot set the selector: the API server generates one for each Job (`ValidateJobTemplateSpec`). */
const generatedSelector: Check = (value, at) => {
  if (value !== undefined) at.invalid("is set, but each Job of a CronJob gets its own selector", "Remove it.");
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
