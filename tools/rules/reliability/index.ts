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

/** Rules that keep a workload running when a node fails, a process hangs or a new version is rolled out. */
export const reliability = [
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
