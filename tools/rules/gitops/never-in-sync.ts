import { definePolicy, type Violation } from "../../policy/define.ts";
import { leftOut } from "../lib/stored/left-out.ts";
import { rewritten } from "../lib/stored/rewritten.ts";

/** What is stored otherwise than it was written, as far as a controller sees a difference in that. */
export const neverInSync = definePolicy({
  id: "gitops/never-in-sync",
  severity: "warning",
  why: "What the API server leaves out or a controller rewrites differs from Git for ever: Argo CD shows OutOfSync, and with selfHeal applies it again and again. What has no name but one that the API server makes is not even applied. https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/",
  fix: "Write it as it is stored, or leave it to whoever rewrites it.",
  *check(resource): Generator<Violation> {
    yield* leftOut(resource);
    yield* rewritten(resource);
  },
});
