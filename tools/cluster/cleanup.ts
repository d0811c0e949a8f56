import { isObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { groupOf, type Resource } from "../core/resource.ts";

/** What is deleted, and what is not. */
export interface Cleanup {
  /** In the reverse of the order in which it was rendered. */
  readonly remove: readonly Resource[];
  /** What holds data, or what others depend on, with the reason for which it stays. */
  readonly keep: readonly { readonly resource: Resource; readonly why: string }[];
  /** Go when nothing is left in them. */
  readonly namespaces: readonly string[];
}

/** Namespaces that are the cluster's own. */
const own = (name: string) => name === "default" || name.startsWith("kube-");

/** Plans how everything that a target renders goes away, except for data. */
export function cleanup(rendered: readonly Resource[], volumes: boolean): Cleanup {
  const reasons = rendered.map((resource) => ({ resource, why: kept(resource, volumes) }));
  const isNamespace = ({ kind }: Resource) => kind === "Namespace";
  return {
    remove: reasons.flatMap(({ resource, why }) => (why || isNamespace(resource) ? [] : [resource])).reverse(),
    keep: reasons.flatMap(({ resource, why }) => (why ? [{ resource, why }] : [])),
    namespaces: rendered
      .filter(isNamespace)
      .map(({ name }) => name)
      .filter((name) => !own(name)),
  };
}

function kept({ apiVersion, kind }: Resource, volumes: boolean): string {
  if (kind === "CustomResourceDefinition") return "every object of its kind would go with it";
  const holdsData = groupOf(apiVersion) === "" && (kind === "PersistentVolumeClaim" || kind === "PersistentVolume");
  return holdsData && !volumes ? "it holds data; --volumes deletes it" : "";
}

/** The start of the names of the claims that StatefulSets make, which nobody renders. */
export function claimPrefixes(rendered: readonly Resource[]): string[] {
  return rendered
    .filter(({ kind }) => kind === "StatefulSet")
    .flatMap(({ name, object }) =>
      listAt(objectAt(object, "spec"), "volumeClaimTemplates").flatMap((template) => {
        const claim = isObject(template) ? stringAt(objectAt(template, "metadata"), "name") : undefined;
        return claim === undefined ? [] : [`${claim}-${name}-`];
      }),
    );
}

/**
 * What is left of a namespace, by `kind/name`, when what it has by itself is left aside: the account and the certificates
 * that a controller puts into every namespace, events, what is on its way out, and what its owner takes along.
 */
export function leftovers(objects: readonly Resource[]): string[] {
  return objects
    .filter((resource) => !isByItself(resource))
    .map(({ kind, name }) => `${kind}/${name}`)
    .sort();
}

/** What controllers put into every namespace, by `kind/name`. */
const byThemselves = new Set([
  "ServiceAccount/default",
  "ConfigMap/kube-root-ca.crt",
  "ConfigMap/istio-ca-root-cert",
  "ConfigMap/openshift-service-ca.crt",
]);

function isByItself({ kind, name, object }: Resource): boolean {
  if (kind === "Event" || kind === "PodMetrics" || byThemselves.has(`${kind}/${name}`)) return true;
  const metadata = objectAt(object, "metadata");
  return metadata?.deletionTimestamp !== undefined || listAt(metadata, "ownerReferences").length > 0;
}
