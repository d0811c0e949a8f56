import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { templateNames } from "./provided.ts";
import { isOnGivenNode, leastReplicas } from "./scale.ts";
import { groupKind, indexOf } from "./target.ts";

const ofOneNode = ["ReadWriteOnce", "ReadWriteOncePod"];

/** A claim that only one node, or even only one pod, can mount at a time. */
interface NarrowClaim {
  readonly name: string;
  readonly isOfOnePod: boolean;
}

/**
 * A claim of a resource's pods that only one node can mount at a time; undefined if there is none, or the target does not
 * render it. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
 */
export function claimOfOneNode(resource: Resource, context: TargetContext): NarrowClaim | undefined {
  for (const name of claimsOf(resource)) {
    const claim = indexOf(context).find("PersistentVolumeClaim", resource.namespace, name);
    const modes = listAt(objectAt(claim?.object, "spec"), "accessModes");
    const isNarrow = modes.length > 0 && modes.every((mode) => typeof mode === "string" && ofOneNode.includes(mode));
    if (isNarrow) return { name, isOfOnePod: modes.every((mode) => mode === "ReadWriteOncePod") };
  }
  return undefined;
}

/**
 * As {@link claimOfOneNode}, if several replicas of a Deployment or ReplicaSet share the claim. Those on one given node can,
 * unless it is for a single pod.
 */
export function claimSharedByReplicas(resource: Resource, context: TargetContext): NarrowClaim | undefined {
  if (!["Deployment.apps", "ReplicaSet.apps"].includes(groupKind(resource))) return undefined;
  if ((leastReplicas({ resource }, context) ?? 1) < 2) return undefined;
  const claim = claimOfOneNode(resource, context);
  const spec = podOf(resource)?.spec;
  return claim?.isOfOnePod || (spec && !isOnGivenNode(spec)) ? claim : undefined;
}

/** The claims that the pods of a resource share. */
export function claimsOf(resource: Resource): string[] {
  return claimReferences(resource).map(({ name }) => name);
}

/** The references of volumes to claims. A claim template replaces a volume with the same name. */
export function claimReferences(resource: Resource): { readonly name: string; readonly pointer: string }[] {
  const pod = podOf(resource);
  const templates = templateNames(resource);
  return listAt(pod?.spec, "volumes").flatMap((volume, index) => {
    if (!isObject(volume) || templates.includes(stringAt(volume, "name") ?? "")) return [];
    const name = stringAt(objectAt(volume, "persistentVolumeClaim"), "claimName");
    return name ? [{ name, pointer: `${pod?.specPointer}/volumes/${index}/persistentVolumeClaim/claimName` }] : [];
  });
}

/** A claim that is applied, or that a controller creates from a template. */
interface MadeClaim {
  /** `PersistentVolumeClaim data`, `claim data of StatefulSet db` */
  readonly words: string;
  readonly object: JsonObject;
  readonly pointer: string;
}

/** The claims that a resource is or creates: one per claim template of a StatefulSet, one per ephemeral volume of a pod. */
export function claimsMadeBy(resource: Resource): MadeClaim[] {
  const { kind, name, object } = resource;
  if (groupKind(resource) === "PersistentVolumeClaim") return [{ words: `${kind} ${name}`, object, pointer: "" }];
  const ofResource = (claim: string | undefined) => `claim ${claim ?? ""} of ${kind} ${name}`;
  const templates =
    groupKind(resource) === "StatefulSet.apps" ? listAt(objectAt(object, "spec"), "volumeClaimTemplates") : [];
  const pod = resource.kind === "PodTemplate" ? undefined : podOf(resource);
  return [
    ...templates.flatMap((claim, index) => {
      if (!isObject(claim)) return [];
      const words = ofResource(stringAt(objectAt(claim, "metadata"), "name"));
      return [{ words, object: claim, pointer: `/spec/volumeClaimTemplates/${index}` }];
    }),
    ...listAt(pod?.spec, "volumes").flatMap((volume, index) => {
      const claim = isObject(volume) ? objectAt(objectAt(volume, "ephemeral"), "volumeClaimTemplate") : undefined;
      if (claim === undefined || !isObject(volume)) return [];
      const pointer = `${pod?.specPointer}/volumes/${index}/ephemeral/volumeClaimTemplate`;
      return [{ words: ofResource(stringAt(volume, "name")), object: claim, pointer }];
    }),
  ];
}
