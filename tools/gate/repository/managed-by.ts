import type { FilePlace, RepositoryContext } from "../../core/repository.ts";
import { unversioned } from "../../render/managed-by.ts";
import { covers } from "../../rules/lib/sync/applied-objects.ts";
import { ownSyncs } from "../../rules/lib/sync/covered.ts";
import type { Issue } from "../target/checked.ts";

/**
 * The labels with the version of kustomize in what Flux applies, by the names of targets: one issue for each kustomization
 * that asks for them. Flux does not know its version. https://github.com/fluxcd/kustomize-controller/issues/1008
 */
export function versionLabels(repository: RepositoryContext): ReadonlyMap<string, Issue[]> {
  const labelled = repository.targets.filter(({ versioned = [] }) => versioned.length > 0);
  if (labelled.length === 0) return new Map();
  const syncs = ownSyncs(repository).filter(({ by }) => by === "flux");
  const applied = labelled.filter((target) => syncs.some((sync) => covers(sync, target, repository)));
  return new Map(applied.map(({ name, versioned = [] }) => [name, versioned.map(issueAt)]));
}

function issueAt(place: FilePlace): Issue {
  const message = `Flux writes the label app.kubernetes.io/managed-by: ${unversioned} here, and the API server refuses that value`;
  const help =
    "Remove managedByLabel from buildMetadata; kubectl apply -k writes the same, only kustomize itself and Argo CD write its version.";
  return { problem: { rule: "apply/label", pointer: "", message, help, ...place } };
}
