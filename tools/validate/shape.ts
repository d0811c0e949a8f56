import type { JsonObject } from "../core/json.ts";
import type { Check, Place } from "../vocabulary/place.ts";
import type { VersionSet } from "../vocabulary/versions.ts";

/** The types of single values for the API server's decoder; see {@link ./decode.ts}. */
export type Scalar =
  | "string"
  | "int32"
  | "int64"
  | "float64"
  | "bool"
  | "quantity"
  | "intstr"
  /** `x-kubernetes-int-or-string` of custom resources. */
  | "int64str"
  | "time"
  | "microtime"
  | "duration"
  | "bytes";

interface Common {
  /** Null is accepted and means absent: always in built-in types, by the schema in custom ones. */
  readonly nullable: boolean;
  /** The restrictions of a custom resource's schema beyond the type. */
  readonly limits?: Limits;
}

/** The shape of a value. */
export type Shape =
  | (Common & { readonly is: Scalar })
  /** Any value; `object` and `list` apply if it is an object or a list. */
  | (Common & { readonly is: "any"; readonly object?: Shape; readonly list?: Shape })
  /** Any object. */
  | (Common & { readonly is: "object" })
  | (Common & {
      readonly is: "list";
      readonly of: Shape;
      readonly keys: ListKeys | undefined;
      /** The defaults of absent keys in a custom resource's schema. */
      readonly keyDefaults?: JsonObject;
    })
  | (Common & { readonly is: "map"; readonly of: Shape })
  | (Common & { readonly is: "type"; readonly type: ObjectType })
  /** The first one that matches the JSON type: the unions of apiextensions, such as `JSONSchemaPropsOrBool`. */
  | (Common & { readonly is: "either"; readonly one: Shape; readonly other: Shape });

/**
 * How server-side apply identifies the elements of a list: in a set by value, in a map by the values of some fields.
 */
export type ListKeys = "set" | readonly string[];

/** A field of an object type. */
export interface Field {
  readonly shape: Shape;
  /** The API server rejects an object without it. */
  readonly required: boolean;
  /** Null is a value, not absence: by the schema of a custom resource. */
  readonly takesNull?: boolean;
  /** An absent or null field counts as empty: in Go it is a struct, not a pointer. */
  readonly filled: boolean;
  /** The versions that know it. */
  readonly versions: VersionSet;
  /** The versions that validate its content; others decode it and then ignore or drop it. */
  readonly enforced: VersionSet;
  /** Versions that do not enforce the field drop it. */
  readonly dropped: boolean;
}

/** An object type with known fields. They are built on first use, so that loading is cheap. */
export interface ObjectType {
  /** `core.v1.Container`; for a custom resource, its kind and path: `Application.spec.source`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The names of the fields that are required or filled, so that their absence matters. */
  readonly awaited: readonly string[];
  /** The names of the fields that some versions drop. */
  readonly gated: readonly string[];
  /** The shape of fields that are not in `fields`; undefined if these are not allowed. */
  readonly rest: Shape | undefined;
  /** The validation of the type after decoding; undefined for most types. */
  readonly demand: Check | undefined;
}

/** Whether objects of a kind belong to a namespace. */
export type Scope = "namespaced" | "cluster";

/** A kind that some API server serves. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: ObjectType;
  /**
   * Neither a subresource (`policy/v1` Eviction, `autoscaling/v1` Scale) nor a file that a tool reads, such as
   * kustomize's own, can be applied.
   */
  readonly scope: Scope | "subresource" | "file";
  /** A kind of Kubernetes itself, not of a CustomResourceDefinition. */
  readonly isBuiltIn: boolean;
  /** The project and version of a bundled definition, such as `Argo CD 3.2`; a cluster may have another version. */
  readonly bundledOf?: string;
  /** The versions that know it. */
  readonly versions: VersionSet;
  /** Known, but not served unless enabled in the cluster: alpha and beta versions. */
  readonly off: boolean;
  /** For a custom kind: the object as it is stored, with the defaults of its schema and without a dropped status. */
  readonly stored?: (object: JsonObject) => JsonObject;
  /** For a custom kind: the deprecation warning of its definition. */
  readonly deprecation?: string | undefined;
  /** For a custom kind: checks an update of an object by the rules of its definition. */
  readonly transition?: (old: JsonObject, next: JsonObject, at: Place) => void;
}

/**
 * The value validations of a CustomResourceDefinition's schema, in OpenAPI v3; `allOf`, `anyOf`, `oneOf` and `not`
 * contain more of them.
 */
export type Limits = JsonObject;
