import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Pod, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { amountOf, isExtended, isHugePages } from "../../validate/demands/resources.ts";
import { type Quantity, units } from "../../vocabulary/quantity.ts";
import { admittedPod, podInWords, totalsOf } from "./admitted.ts";
import { claimsMadeBy } from "./claims.ts";
import { leastReplicas } from "./scale.ts";
import { groupKind } from "./target.ts";

/** What an object uses of the quotas in its namespace. */
export interface Usage {
  readonly resource: Resource;
  /** `Service web`, `a pod of Deployment web` */
  readonly words: string;
  readonly pointer: string;
  readonly amounts: ReadonlyMap<string, Quantity>;
  /** The minimum number of such objects while the target is applied; 0 for what ends by itself, and if unknown. */
  readonly times: number;
  /** As admitted; undefined for objects that are not pods. */
  readonly pod?: Pod;
}

/** The usage of a resource itself, and of the pods and claims that are created from it. */
export function usagesOf(resource: Resource, context: TargetContext): Usage[] {
  return [
    ofObject(resource),
    ...(groupKind(resource) === "Service" ? [ofService(resource)] : []),
    ...ofPods(resource, context),
    ...ofClaims(resource, context),
  ];
}

/** Whether a resource ends by itself: a Job, or the resource of a hook. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/ */
function endsByItself({ kind, object }: Resource): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  return kind === "Job" || "argocd.argoproj.io/hook" in annotations || "helm.sh/hook" in annotations;
}

/** `legacyObjectCountAliases` in k8s.io/kubernetes/pkg/quota/v1/evaluator/core. */
const aliases = ["configmaps", "resourcequotas", "replicationcontrollers", "secrets"];

/** `NewObjectCountEvaluator`. Pods and claims are counted along with their amounts. */
function ofObject(resource: Resource): Usage {
  const { kind, name, apiVersion } = resource;
  const [plural, group] = [pluralOf(kind), groupOf(apiVersion)];
  const isCounted = !["Pod", "PersistentVolumeClaim"].includes(groupKind(resource));
  const names = isCounted ? [`count/${plural}${group && `.${group}`}`] : [];
  if (group === "" && aliases.includes(plural)) names.push(plural);
  const times = endsByItself(resource) ? 0 : 1;
  return { resource, words: `${kind} ${name}`, pointer: "", amounts: counts(names), times };
}

function counts(names: readonly string[]): Map<string, Quantity> {
  return new Map(names.map((name) => [name, units(1)]));
}

/** `UnsafeGuessKindToResource` of k8s.io/apimachinery, which is right for all kinds of Kubernetes. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith("endpoints")) return word;
  if (word.endsWith("s")) return `${word}es`;
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** `serviceEvaluator.Usage`. */
function ofService(resource: Resource): Usage {
  const spec = objectAt(resource.object, "spec");
  const ports = listAt(spec, "ports").filter(isObject);
  const isBalanced = spec?.type === "LoadBalancer";
  const named = ports.filter(({ nodePort }) => typeof nodePort === "number" && nodePort !== 0);
  const isBare = isBalanced && spec?.allocateLoadBalancerNodePorts === false;
  const nodePorts = isBare ? named.length : isBalanced || spec?.type === "NodePort" ? ports.length : 0;
  const amounts = new Map([
    ["services", units(1)],
    ["services.nodeports", units(nodePorts)],
    ["services.loadbalancers", units(isBalanced ? 1 : 0)],
  ]);
  return {
    resource,
    words: `Service ${resource.name}`,
    pointer: spec?.type === undefined ? "" : "/spec/type",
    amounts,
    times: 1,
  };
}

/** `PodUsageFunc`. */
function ofPods(resource: Resource, context: TargetContext): Usage[] {
  const pod = admittedPod(resource, context);
  if (pod === undefined) return [];
  const amounts = counts(["pods", "count/pods"]);
  for (const [name, amount] of Object.entries(totalsOf(pod, "requests")))
    for (const quota of namesOfRequest(name)) amounts.set(quota, amountOf(amount) ?? 0n);
  for (const [name, amount] of Object.entries(totalsOf(pod, "limits")))
    if (standard.includes(name)) amounts.set(`limits.${name}`, amountOf(amount) ?? 0n);
  const times = podsOf(resource, context);
  return [{ resource, words: podInWords(resource), pointer: pod.specPointer, amounts, times, pod }];
}

const standard = ["cpu", "memory", "ephemeral-storage"];

/** `podComputeUsageHelper`. */
function namesOfRequest(name: string): string[] {
  if (standard.includes(name) || isHugePages(name)) return [name, `requests.${name}`];
  return isExtended(name) ? [`requests.${name}`] : [];
}

/** The number of pods that run at the same time, and do not end. */
function podsOf(resource: Resource, context: TargetContext): number {
  if (endsByItself(resource)) return 0;
  if (resource.kind === "Pod") return (podOf(resource)?.spec.restartPolicy ?? "Always") === "Always" ? 1 : 0;
  return leastReplicas({ resource }, context) ?? 0;
}

/** `pvcEvaluator.Usage`. */
function ofClaims(resource: Resource, context: TargetContext): Usage[] {
  const times = groupKind(resource) === "PersistentVolumeClaim" ? 1 : podsOf(resource, context);
  return claimsMadeBy(resource).map(({ words, object, pointer }) => {
    const spec = objectAt(object, "spec");
    const storage = amountOf(objectAt(objectAt(spec, "resources"), "requests")?.storage ?? undefined) ?? 0n;
    const amounts = new Map([
      ...counts(["persistentvolumeclaims", "count/persistentvolumeclaims"]),
      ["requests.storage", storage] as const,
    ]);
    const className = classOf(object);
    for (const name of className ? ["persistentvolumeclaims", "requests.storage"] : [])
      amounts.set(`${className}.storageclass.storage.k8s.io/${name}`, amounts.get(name) ?? 0n);
    return { resource, words, pointer: `${pointer}/spec/resources/requests/storage`, amounts, times };
  });
}

/** `GetPersistentVolumeClaimClass`. Without a class, the API server may fill in a default that is unknown here. */
function classOf(claim: JsonObject): string | undefined {
  const annotations = objectAt(objectAt(claim, "metadata"), "annotations");
  return (
    stringAt(annotations, "volume.beta.kubernetes.io/storage-class") ??
    stringAt(objectAt(claim, "spec"), "storageClassName")
  );
}
