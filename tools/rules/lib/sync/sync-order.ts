import { objectAt, stringAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";

/** When Argo CD applies a resource: hooks of earlier phases first, then by wave. */
export interface SyncOrder {
  /** 0: PreSync, 1: Sync, 2: PostSync. */
  readonly phase: number;
  readonly waveAnnotation: number;
}

export const wave = "argocd.argoproj.io/sync-wave";
export const hookAnnotation = "argocd.argoproj.io/hook";
export const helmHookAnnotation = "helm.sh/hook";
export const helmWeightAnnotation = "helm.sh/hook-weight";

const phases: Readonly<Record<string, number>> = {
  PreSync: 0,
  Sync: 1,
  PostSync: 2,
  // https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks
  "pre-install": 0,
  "post-install": 2,
};

/** https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/; a hook of several phases counts in the first of them. */
export function syncOrderOf({ object }: Resource): SyncOrder {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  const text = stringAt(annotations, hookAnnotation) ?? stringAt(annotations, helmHookAnnotation) ?? "Sync";
  const known = text.split(",").flatMap((one) => (Object.hasOwn(phases, one.trim()) ? [phases[one.trim()] ?? 1] : []));
  const number = Number.parseInt(stringAt(annotations, wave) ?? stringAt(annotations, helmWeightAnnotation) ?? "0", 10);
  return { phase: known.length > 0 ? Math.min(...known) : 1, waveAnnotation: Number.isNaN(number) ? 0 : number };
}

/** Whether one is applied, and for a hook also finished, before the other. */
export function isBefore(one: SyncOrder, other: SyncOrder): boolean {
  return one.phase < other.phase || (one.phase === other.phase && one.waveAnnotation < other.waveAnnotation);
}
