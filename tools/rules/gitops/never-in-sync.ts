import { definePolicy, type Violation } from "../../policy/define.ts";
import { leftOut } from "../lib/stored/left-out.ts";
import { rewritten } from "../lib/stored/rewritten.ts";

/** Fields whose stored value differs from Git in a way that a controller sees as a difference. */
export const neverInSync = definePolicy({
  id: "gitops/never-in-sync",
  severity: "warning",
  why: "A field that the API server drops or a controller rewrites differs from Git forever: Argo CD shows OutOfSync and, with selfHeal, applies it again and again. A resource with only a generated name is not even applied. https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/",
  fix: "Write it as it is stored, or leave it to the controller that rewrites it.",
  *check(resource): Generator<Violation> {
    yield* leftOut(resource);
    yield* rewritten(resource);
  },
});
