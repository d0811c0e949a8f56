import type { RuleInfo } from "../core/rule.ts";

/** Rules of the gate's own stages: what keeps a target from being judged at all, and what is wrong with waivers. */
export const builtinRules: readonly RuleInfo[] = [
  {
    id: "schema/parse-error",
    severity: "error",
    why: "A file that is no YAML or JSON, or holds no Kubernetes objects, cannot be applied.",
    fix: "Correct it at the line named.",
  },
  {
    id: "schema/duplicate-key",
    severity: "error",
    why: "Of two values for one key, most readers keep the last without a word; the API server refuses the manifest.",
    fix: "Keep one of the two.",
  },
  {
    id: "schema/empty-render",
    severity: "error",
    why: "A target that renders to nothing makes Argo CD and Flux delete everything that it rendered before.",
    fix: "List resources in it, or remove it.",
  },
  {
    id: "render/failed",
    severity: "error",
    why: "Argo CD and Flux render a target with kustomize; where kustomize refuses it, nothing is synced.",
    fix: "Mend what kustomize's own message names; kustomize build FOLDER shows the same.",
  },
  {
    id: "render/timeout",
    severity: "error",
    why: "A render that does not end blocks the gate, and the controller that syncs the target.",
    fix: "Look for a resource that is included over and over.",
  },
  {
    id: "render/output-limit",
    severity: "error",
    why: "Output beyond the limit is more than a cluster is meant to take, or an attempt to exhaust the gate.",
    fix: "Split the target into several.",
  },
  {
    id: "render/outside",
    severity: "error",
    why: "A target may read files of its own repository only: what lies outside is not reviewed, and may be a secret of the machine.",
    fix: "Move the file into the repository and name it by a relative path without symbolic links out of it.",
  },
  {
    id: "render/plugin",
    severity: "error",
    why: "Plugins, exec and container functions, and Helm run programs that a pull request chooses; the gate starts none.",
    fix: "Render the chart or run the function beforehand and commit what it prints.",
  },
  {
    id: "gitops/remote-base",
    severity: "error",
    why: "A base on another server can change after the review, and is not there when the server is not.",
    fix: "Copy the base into the repository, and let a dependency bot keep it up to date.",
  },
  {
    id: "gitops/generated-drift",
    severity: "error",
    why: "A generated file that somebody edited by hand is overwritten by the next run of the generator.",
    fix: "Change the models and run gitops generate.",
  },
  {
    id: "gitops/deletion-budget",
    severity: "error",
    why: "What a target renders no longer, Argo CD and Flux delete; a slip in a kustomization, a path or a prefix is enough to delete everything.",
    fix: "Take it back or delete less at a time; where all of it is meant to go, say so in a waiver of gitops/deletion-budget.",
  },
  {
    id: "gitops/waiver-expired",
    severity: "error",
    why: "A waiver is a promise to mend something by a date; past it, what it hides is nobody's plan any more.",
    fix: "Mend what it waives and remove it, or agree on a new end.",
  },
  {
    id: "gitops/waiver-unused",
    severity: "warning",
    why: "A waiver that covers nothing will one day cover something nobody has looked at.",
    fix: "Remove it.",
  },
  {
    id: "gitops/waiver-unknown",
    severity: "error",
    why: "A waiver of a rule that does not exist is a slip of the pen, and waives nothing.",
    fix: "Correct the id: gitops policies list prints every one.",
  },
];
