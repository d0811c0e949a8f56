import { definePolicy, type Violation } from "../../policy/define.ts";

/** kustomize reads only what is listed, whatever else is in the folder. */
export const unusedFile = definePolicy({
  id: "gitops/unused-file",
  severity: "warning",
  why: "kustomize applies only what a kustomization lists: an edit of an unlisted file silently changes nothing. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/",
  fix: "List it under resources, patches or components of the kustomization, or remove it.",
  *checkKustomization({ file: by, unused, commentedOut }): Generator<Violation> {
    for (const file of unused()) {
      const line = commentedOut(file);
      const why = line === undefined ? `${by} does not list it` : `it is commented out at line ${line} of ${by}`;
      yield { pointer: "", file, message: `${file} is unused: ${why}` };
    }
  },
});
