import type { Policy } from "../../policy/define.ts";
import { isChartTest } from "../lib/hooks.ts";
import { amount } from "./amount.ts";
import { ephemeralData } from "./ephemeral-data.ts";
import { ephemeralStorage } from "./ephemeral-storage.ts";
import { gracePeriod } from "./grace-period.ts";
import { imageDigest } from "./image-digest.ts";
import { imageName } from "./image-name.ts";
import { imageTag } from "./image-tag.ts";
import { jobDeadline } from "./job-deadline.ts";
import { pdb } from "./pdb.ts";
import { probes } from "./probes.ts";
import { pullPolicy } from "./pull-policy.ts";
import { replicas } from "./replicas.ts";
import { resources } from "./resources.ts";
import { sameProbes } from "./same-probes.ts";
import { spread } from "./spread.ts";
import { updateStrategy } from "./update-strategy.ts";

const all: readonly Policy[] = [
  resources,
  amount,
  probes,
  replicas,
  spread,
  pdb,
  updateStrategy,
  imageName,
  imageTag,
  imageDigest,
  pullPolicy,
  ephemeralData,
  gracePeriod,
  sameProbes,
  ephemeralStorage,
  jobDeadline,
];

/** Rules that keep a workload running when a node fails, a process hangs or a new version is rolled out. */
export const reliability: readonly Policy[] = all.map(withoutTests);

/** A rule that skips the tests of charts: nothing depends on them. */
function withoutTests(rule: Policy): Policy {
  const { check } = rule;
  if (check === undefined) return rule;
  return { ...rule, check: (resource, context) => (isChartTest(resource) ? [] : check(resource, context)) };
}
