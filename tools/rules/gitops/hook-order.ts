import { stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { configReferences } from "../lib/config-references.ts";
import { createdFrom } from "../lib/created.ts";
import { isBefore, syncOrderOf } from "../lib/sync/sync-order.ts";
import { indexOf, mayBeSameNamespace } from "../lib/target.ts";

interface Need {
  readonly kind: string;
  readonly name: string;
  readonly pointer: string;
}

/** A later sync finds the objects of an earlier one: the fault shows in a new cluster or namespace. */
export const hookOrder = definePolicy({
  id: "gitops/hook-order",
  severity: "error",
  why: "Argo CD applies the other resources only after its PreSync hooks have finished, and Helm after its pre-install hooks. A hook that needs one of these resources waits for it forever: the first sync never gets beyond the hook. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/#how-do-i-configure-phases",
  fix: "Make the resource a PreSync hook of the same or an earlier wave, or run the hook in the Sync phase with a later wave.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const own = syncOrderOf(resource);
    if (own.phase !== 0) return;
    for (const need of needsOf(resource)) {
      const provider = providerOf(need, resource, context);
      if (provider === undefined || !isBefore(own, syncOrderOf(provider))) continue;
      const what = `${resource.kind} ${resource.name} runs before the sync`;
      const by = provider.kind === need.kind ? "" : `, which ${provider.kind} ${provider.name} creates`;
      yield {
        pointer: need.pointer,
        message: `${what}, but needs ${need.kind} ${need.name}${by}, which is applied later`,
      };
    }
  },
});

function needsOf(resource: Resource): Need[] {
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const account = stringAt(pod.spec, "serviceAccountName");
  return [
    ...configReferences(pod).filter(({ optional }) => !optional),
    ...(account ? [{ kind: "ServiceAccount", name: account, pointer: `${pod.specPointer}/serviceAccountName` }] : []),
  ];
}

/** The resource of the target that is needed, or from which a controller creates it. */
function providerOf({ kind, name }: Need, { namespace }: Resource, context: TargetContext): Resource | undefined {
  const index = indexOf(context);
  const found = index.find(kind, namespace, name);
  if (found !== undefined || kind !== "Secret") return found;
  const creators = [...index.ofKind("ExternalSecret.external-secrets.io"), ...index.ofKind("SealedSecret.bitnami.com")];
  const creates = (creator: Resource) =>
    createdFrom(creator)?.some(([what, called]) => what === kind && called === name);
  return creators.find((creator) => mayBeSameNamespace(creator.namespace, namespace) && creates(creator));
}
