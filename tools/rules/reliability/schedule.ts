import { objectAt, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { cronFault, isNever } from "../../vocabulary/cron.ts";

/** Midnight of February 30 or 31 is the usual way to write that a CronJob is only started by hand. */
const byHand = /^\s*[0*]\s+[0*]\s+3[01]\s+(?:2|feb)\s/i;

/** `getNextScheduleTime` and `nextScheduleTimeDuration` in k8s.io/kubernetes/pkg/controller/cronjob. */
export const schedule = definePolicy({
  id: "reliability/schedule",
  severity: "warning",
  why: "The API server accepts a schedule without any date, such as February 31: the CronJob never runs, and nothing reports it. With a startingDeadlineSeconds below 10 it may miss runs as well, because its controller may look only every 10 seconds. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline",
  fix: "Correct the day or the month, or raise the deadline.",
  match: { apiVersion: "batch/*", kind: "CronJob" },
  *check({ name, object }): Generator<Violation> {
    const spec = objectAt(object, "spec");
    const text = stringAt(spec, "schedule") ?? "";
    if (spec?.suspend !== true && cronFault(text) === undefined && isNever(text) && !byHand.test(text))
      yield {
        pointer: "/spec/schedule",
        message: `CronJob ${name} never runs: no year has a date for ${text}`,
        help: "Correct the day or the month. If it is only started by hand, set suspend: true.",
      };
    const deadline = spec?.startingDeadlineSeconds;
    if (typeof deadline === "number" && deadline >= 0 && deadline < 10)
      yield {
        pointer: "/spec/startingDeadlineSeconds",
        message: `CronJob ${name} may miss runs: it only starts them within ${deadline} seconds`,
        help: "Set startingDeadlineSeconds to 10 or more, or remove it.",
      };
  },
});
