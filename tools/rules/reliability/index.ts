import { imageDigest } from "./image-digest.ts";
import { imageTag } from "./image-tag.ts";
import { pullPolicy } from "./pull-policy.ts";

/** What keeps a workload running when a node goes, a process hangs or a version is rolled out. */
export const reliability = [imageTag, imageDigest, pullPolicy];
