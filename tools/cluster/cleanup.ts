import { isObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { groupOf, type Resource } from "../core/resource.ts";

/** What to delete and what to keep. */
export interface Cleanup {
  /** In reverse rendering order. */
  readonly remove: readonly Resource[];
  /** Resources that hold data or that others depend on, with the reason for keeping them. */
  readonly keep: readonly { readonly resource: Resource; readonly why: string }[];
  /** Namespaces to delete once they are empty. */
  readonly namespaces: readonly string[];
}

/** Whether a namespace belongs to the cluster itself. */
const own = (name: string) => name === "default" || name.startsWith("kube-");

/** Plans the deletion of everything that a target renders, except data. @param volumes whether to delete data too */
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
  if (kind === "CustomResourceDefinition") return "every object of its kind would be deleted with it";
  const holdsData = groupOf(apiVersion) === "" && (kind === "PersistentVolumeClaim" || kind === "PersistentVolume");
  return holdsData && !volumes ? "it holds data; use --volumes to delete it" : "";
}

/** Name prefixes of the claims that StatefulSets create; these claims are not rendered. */
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
 * What is left in a namespace, as sorted `kind/name`. Ignores the account and certificates that controllers add to every
 * namespace, events, objects that are being deleted, and objects that are deleted with their owner.
 */
export function leftovers(objects: readonly Resource[]): string[] {
  return objects
    .filter((resource) => !isByItself(resource))
    .map(({ kind, name }) => `${kind}/${name}`)
    .sort();
}

/** Objects that controllers add to every namespace, by `kind/name`. */
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
