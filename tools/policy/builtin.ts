import type { RuleInfo } from "../core/rule.ts";

/** Rules of the gate's own stages: about targets that cannot be judged, and about waivers. */
export const builtinRules: readonly RuleInfo[] = [
  {
    id: "schema/parse-error",
    severity: "error",
    why: "A file that is not YAML or JSON, or has no Kubernetes objects, cannot be applied.",
    fix: "Correct it at the reported line.",
  },
  {
    id: "schema/duplicate-key",
    severity: "error",
    why: "Of two values for one key, most parsers silently keep the last; the API server rejects the manifest.",
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
    why: "Argo CD and Flux render a target with kustomize; if kustomize fails, nothing is synced.",
    fix: "Fix what kustomize's message reports; kustomize build FOLDER shows the same.",
  },
  {
    id: "render/timeout",
    severity: "error",
    why: "A render that does not end blocks the gate and the controller that syncs the target.",
    fix: "Look for a resource that is included repeatedly.",
  },
  {
    id: "render/output-limit",
    severity: "error",
    why: "Output beyond the limit is more than a cluster should get, or an attempt to exhaust the gate.",
    fix: "Split the target into several.",
  },
  {
    id: "render/outside",
    severity: "error",
    why: "A target may only read files of its own repository: anything outside is not reviewed, and may be a secret of the machine.",
    fix: "Move the file into the repository and refer to it by a relative path without symbolic links out of it.",
  },
  {
    id: "render/plugin",
    severity: "error",
    why: "Plugins, exec and container functions, and Helm run programs that a pull request chooses; the gate runs none.",
    fix: "Render the chart or run the function beforehand and commit what it prints.",
  },
  {
    id: "gitops/remote-base",
    severity: "error",
    why: "A base on another server can change after the review, and is unavailable when that server is.",
    fix: "Copy the base into the repository, and let a dependency bot keep it up to date.",
  },
  {
    id: "gitops/generated-drift",
    severity: "error",
    why: "A generated file that was edited by hand is overwritten by the next run of the generator.",
    fix: "Change the models and run gitops generate.",
  },
  {
    id: "gitops/deletion-budget",
    severity: "error",
    why: "Argo CD and Flux delete what a target no longer renders; a slip in a kustomization, a path or a prefix is enough to delete everything.",
    fix: "Revert the change or delete less at a time; if everything should go, add a waiver for gitops/deletion-budget.",
  },
  {
    id: "gitops/waiver-expired",
    severity: "error",
    why: "A waiver is a promise to fix something by a date; after that date, nobody plans to fix what it hides.",
    fix: "Fix what it waives and remove it, or agree on a new date.",
  },
  {
    id: "gitops/waiver-unused",
    severity: "warning",
    why: "A waiver that covers nothing will one day cover something that nobody has reviewed.",
    fix: "Remove it.",
  },
  {
    id: "gitops/waiver-unknown",
    severity: "error",
    why: "A waiver for a rule that does not exist is probably a typo, and waives nothing.",
    fix: "Correct the id: gitops policies list prints all ids.",
  },
];
