import { definePolicy } from "../../policy/define.ts";

/** Found by rendering again without each entry: see tools/gate/target/dead-entries.ts. */
export const deadPatch = definePolicy({
  id: "gitops/dead-patch",
  severity: "error",
  why: "kustomize does not report a patch, an image or a replacement that changes nothing: its author believes in a setting that never takes effect. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/",
  fix: "Correct the target (kind, name, labels, the image name without its tag) so that it matches, or remove the entry.",
});
