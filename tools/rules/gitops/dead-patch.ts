import { definePolicy } from "../../policy/define.ts";

/** Found by leaving entries out and rendering again: see tools/gate/dead-entries.ts. */
export const deadPatch = definePolicy({
  id: "gitops/dead-patch",
  severity: "error",
  why: "kustomize says nothing when a patch, an image or a replacement finds nothing to change: whoever wrote it believes in a setting that is nowhere. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/",
  fix: "Correct the target (kind, name, labels, the image's name without its tag) so that it meets what is meant, or remove the entry.",
});
