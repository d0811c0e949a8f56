import type { Problem } from "./finding.ts";
import { type JsonObject, objectAt, stringAt } from "./json.ts";

/** The location of a resource that was read from a file, not rendered. */
export interface Source {
  /** Relative to the working directory; `-` is standard input. */
  readonly file: string;
  /** 0-based index of the YAML document within the file. */
  readonly document: number;
  /** Pointer of the resource within its document: `/items/3` for an item of a List. */
  readonly pointer: string;
}

/** One Kubernetes object of a target. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: JsonObject;
  readonly source?: Source;
}

/** Reads the identity of an object. Nothing is checked: a missing value, or one of another type, becomes an empty string. */
export function resourceOf(object: JsonObject, source?: Source): Resource {
  const metadata = objectAt(object, "metadata");
  return {
    apiVersion: stringAt(object, "apiVersion") ?? "",
    kind: stringAt(object, "kind") ?? "",
    namespace: stringAt(metadata, "namespace"),
    name: stringAt(metadata, "name") ?? stringAt(metadata, "generateName") ?? "",
    object,
    ...(source && { source }),
  };
}

/** The API group, `""` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** `apps/v1/Deployment/guestbook/frontend`; a resource without a namespace has no such part: `v1/Namespace/guestbook`. */
export function resourceId(resource: Resource): string {
  const id = [resource.apiVersion, resource.kind, resource.namespace, resource.name].filter(Boolean).join("/");
  return id.startsWith("ENC[") ? id.replace(cipher, "ENC[$1…]") : id;
}

/** What SOPS writes instead of a value, with the start of the encrypted data. */
const cipher = /ENC\[AES256_GCM,data:([^,\]]{0,8})[^\]]*\]/g;

/** Something that the gate judges as a unit: what one kustomization renders, or plain manifests. */
export interface Target {
  /** Relative to the working directory, with `/` as separator; `-` is standard input. Shown in every report. */
  readonly path: string;
  readonly kind: "kustomization" | "manifests" | "stdin";
  /** A folder of manifests that a search found, so that it is not known which of them are applied together. */
  readonly found?: true;
}

/** A rendered target: its resources in the order in which they are applied, and the problems on the way. */
export interface Rendered {
  readonly target: Target;
  readonly resources: readonly Resource[];
  /** Problems of the target as a whole: it did not render, a file did not parse. Located by the loader itself. */
  readonly problems: readonly LocatedProblem[];
}

/** Whether a target renders, at least without what is not evaluated: charts, plugins and remote entries. */
export function renders({ failed, isPartial }: { readonly failed: boolean; readonly isPartial?: true }): boolean {
  return !failed || isPartial === true;
}

/** A problem in the sources themselves, not in a resource, with its location. */
export interface LocatedProblem extends Problem {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The CustomResourceDefinitions among resources. */
export function definitionsIn(resources: readonly Resource[]): JsonObject[] {
  return resources.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ object }) => object);
}
