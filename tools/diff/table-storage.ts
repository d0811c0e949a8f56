import { objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { quantityOf } from "../vocabulary/quantity.ts";
import type { FieldRow, RemovalRow } from "./effect.ts";

const volumes = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/";

const policyOf = ({ object }: Resource) => stringAt(objectAt(object, "spec"), "persistentVolumeReclaimPolicy");

/** Changes of volumes and claims. */
export const storageRows: readonly FieldRow[] = [
  {
    kinds: ["PersistentVolume"],
    field: "spec.persistentVolumeReclaimPolicy",
    effect: "data-loss",
    when: ({ after }) => after === "Delete" || after === "Recycle",
    says: "from now on, deleting the claim also deletes the data on the volume",
    source: `${volumes}#reclaiming`,
  },
  {
    kinds: ["PersistentVolumeClaim"],
    field: "spec.resources.requests.storage",
    effect: "none",
    when: ({ before, after }) => (quantityOf(after) ?? 0n) > (quantityOf(before) ?? 0n),
    says: "the volume grows if its StorageClass allows it",
    source: `${volumes}#expanding-persistent-volumes-claims`,
  },
];

/** What is lost for good when an object is removed. */
export const storageRemovals: readonly RemovalRow[] = [
  {
    kinds: ["PersistentVolumeClaim"],
    effect: "data-loss",
    says: "its volume is deleted with it, unless the reclaim policy of the volume is Retain",
    source: `${volumes}#reclaiming`,
  },
  {
    kinds: ["PersistentVolume"],
    effect: "data-loss",
    when: (resource) => policyOf(resource) === "Delete" || policyOf(resource) === "Recycle",
    says: "the data on it is deleted with it",
    source: `${volumes}#reclaiming`,
  },
  {
    kinds: ["Namespace"],
    effect: "data-loss",
    says: "everything in it is deleted with it",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace",
  },
  {
    kinds: ["CustomResourceDefinition.apiextensions.k8s.io"],
    effect: "data-loss",
    says: "every object of its kind is deleted with it",
    source:
      "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition",
  },
];
