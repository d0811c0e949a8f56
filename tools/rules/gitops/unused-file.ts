import { definePolicy, type Violation } from "../../policy/define.ts";

/** kustomize takes what is listed, whatever else is in the folder. */
export const unusedFile = definePolicy({
  id: "gitops/unused-file",
  severity: "warning",
  why: "kustomize applies only what a kustomization lists: who edits a file that none does changes nothing, and is told nothing. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/",
  fix: "List it under resources, patches or components of the kustomization, or remove it.",
  *checkKustomization({ file: by, unused, commentedOut }): Generator<Violation> {
    for (const file of unused()) {
      const line = commentedOut(file);
      const why = line === undefined ? `, not by ${by} either` : `: it is commented out at line ${line} of ${by}`;
      yield { pointer: "", file, message: `${file} is used by nothing${why}` };
    }
  },
});
