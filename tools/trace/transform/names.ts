import { editPath } from "../edit.ts";
import { applies, type FieldSpec } from "../field-specs.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, type Entry, type MapNode, type Position, scalar, text, textAt } from "../node.ts";
import { type Id, idsOf, remember, type Shadow } from "../shadow.ts";
import { editFields } from "./fields.ts";

/** `namePrefix`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/nameprefix/ */
export const namePrefix: Transform = (shadows, field, layer) =>
  rename(shadows, field, layer, layer.specs.namePrefix, (name) => text(field.value) + name);

/** `nameSuffix`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/namesuffix/ */
export const nameSuffix: Transform = (shadows, field, layer) =>
  rename(shadows, field, layer, layer.specs.nameSuffix, (name) => name + text(field.value));

/** Whether kustomize never renames resources of this kind. */
function keepsName(id: Id): boolean {
  const { kind, group } = id;
  return (
    kind === "Namespace" ||
    kind === "CustomResourceDefinition" ||
    (kind === "APIService" && group === "apiregistration.k8s.io")
  );
}

/** Adds a prefix or suffix to names; changed fields get the position of `field`. */
export function rename(
  shadows: readonly Shadow[],
  field: Entry,
  layer: Layer,
  specs: readonly FieldSpec[],
  change: (name: string) => string,
): readonly Shadow[] {
  if (text(field.value) === "") return shadows;
  return shadows.map((shadow) => {
    const id = idsOf(shadow)[0];
    if (!id || keepsName(id)) return shadow;
    const mine = specs.filter((spec) => applies(spec, id));
    const edit = (entry: Entry | undefined) => entry && changed(entry, field.at, change);
    return editFields(remember(shadow), mine, edit, undefined, layer);
  });
}

function changed(entry: Entry, at: Position, change: (name: string) => string): Entry {
  return { at, value: scalar(change(text(entry.value)), at) };
}

/** Cluster-scoped kinds, which do not get a `metadata.namespace`. */
const CLUSTER_SCOPED = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "APIService",
  "StorageClass",
  "VolumeAttachment",
  "CSIDriver",
  "CSINode",
  "PriorityClass",
  "RuntimeClass",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "CertificateSigningRequest",
  "FlowSchema",
  "PriorityLevelConfiguration",
  "PodSecurityPolicy",
]);

/** `namespace`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/namespace/ */
export const namespace: Transform = (shadows, field, layer) => setNamespace(shadows, field, layer, {});

interface NamespaceOptions {
  readonly specs?: readonly FieldSpec[];
  readonly unsetOnly?: boolean;
  /** The subjects of role bindings that get the namespace, too; default: those named `default`. */
  readonly subjects?: string;
}

/** Sets the namespace of resources; changed fields get the position of `field`. */
export function setNamespace(
  shadows: readonly Shadow[],
  field: Entry,
  layer: Layer,
  options: NamespaceOptions,
): readonly Shadow[] {
  if (text(field.value) === "") return shadows;
  const edit = (present: Entry | undefined) =>
    options.unsetOnly && present && text(present.value) !== "" ? undefined : field;
  return shadows.map((shadow) => {
    const named = editFields(remember(shadow), options.specs ?? layer.specs.namespace, edit, field.at, layer);
    return editSubjects(editOwn(named, edit, field.at, layer), edit, layer, options.subjects ?? "defaultOnly");
  });
}

type NamespaceEdit = (present: Entry | undefined) => Entry | undefined;

function editOwn(shadow: Shadow, edit: NamespaceEdit, by: Position, layer: Layer): Shadow {
  if (CLUSTER_SCOPED.has(textAt(shadow.node, "kind"))) return shadow;
  const node = editPath(shadow.node, ["metadata", "namespace"], edit, by, layer.work) as MapNode;
  return { ...shadow, node };
}

/**
 * Sets the namespace of the subjects of role bindings.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/examples/transformerconfigs/README.md
 */
function editSubjects(shadow: Shadow, edit: NamespaceEdit, layer: Layer, mode: string): Shadow {
  if (!/^(Cluster)?RoleBinding$/.test(textAt(shadow.node, "kind"))) return shadow;
  const subjects = child(shadow.node, "subjects");
  if (subjects?.kind !== "list" || mode === "none") return shadow;
  const list = subjects.items.map((item) => {
    const meant =
      mode === "allServiceAccounts" ? textAt(item, "kind") === "ServiceAccount" : textAt(item, "name") === "default";
    return meant ? editPath(item, ["namespace"], edit, item.at, layer.work) : item;
  });
  const replaced = (entry: Entry | undefined) => entry && { ...entry, value: { ...subjects, items: list } };
  return { ...shadow, node: editPath(shadow.node, ["subjects"], replaced, undefined, layer.work) as MapNode };
}
