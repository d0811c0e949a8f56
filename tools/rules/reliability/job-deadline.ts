import { type JsonObject, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

export const jobDeadline = definePolicy({
  id: "reliability/job-deadline",
  severity: "warning",
  why: "A pod that hangs, or whose image cannot be pulled, never fails: its Job runs forever, and a CronJob that forbids concurrent runs never starts another. https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup",
  fix: "Set activeDeadlineSeconds to the longest time that a run may take.",
  match: { apiVersion: "batch/*", kind: ["Job", "CronJob"] },
  *check(resource): Generator<Violation> {
    const { spec, pointer } = jobOf(resource);
    // The next run replaces one that hangs.
    if (spec === undefined || objectAt(resource.object, "spec")?.concurrencyPolicy === "Replace") return;
    const deadlines = [spec, podOf(resource)?.spec].map((one) => one?.activeDeadlineSeconds ?? null);
    if (deadlines.some((one) => one !== null)) return;
    yield { pointer, message: `${resource.kind} ${resource.name} has no deadline: a run that hangs never ends` };
  },
});

function jobOf({ kind, object }: Resource): { readonly spec: JsonObject | undefined; readonly pointer: string } {
  const spec = objectAt(object, "spec");
  if (kind === "Job") return { spec, pointer: "/spec" };
  return { spec: objectAt(objectAt(spec, "jobTemplate"), "spec"), pointer: "/spec/jobTemplate/spec" };
}
