import type { JsonObject } from "../core/json.ts";
import type { Check, Place } from "../vocabulary/place.ts";
import type { VersionSet } from "../vocabulary/versions.ts";

/** What the API server's decoder takes for a single value; {@link ./decode.ts} says it of each. */
export type Scalar =
  | "string"
  | "int32"
  | "int64"
  | "float64"
  | "bool"
  | "quantity"
  | "intstr"
  /** Of custom resources: `x-kubernetes-int-or-string`. */
  | "int64str"
  | "time"
  | "microtime"
  | "duration"
  | "bytes";

interface Common {
  /** Null is taken, and means absent: everywhere in the built-in types; where its schema says so in a custom one. */
  readonly nullable: boolean;
  /** What a custom resource's schema demands of the value beyond its type. */
  readonly limits?: Limits;
}

/** What a value may be. */
export type Shape =
  | (Common & { readonly is: Scalar })
  /** Any value at all; where it is an object, or a list, such a one. */
  | (Common & { readonly is: "any"; readonly object?: Shape; readonly list?: Shape })
  /** Any object. */
  | (Common & { readonly is: "object" })
  | (Common & {
      readonly is: "list";
      readonly of: Shape;
      readonly keys: ListKeys | undefined;
      /** What keys are where they are absent, as far as a custom resource's schema says it. */
      readonly keyDefaults?: JsonObject;
    })
  | (Common & { readonly is: "map"; readonly of: Shape })
  | (Common & { readonly is: "type"; readonly type: ObjectType })
  /** The first that fits by its JSON type: the unions of apiextensions (`JSONSchemaPropsOrBool` and its like). */
  | (Common & { readonly is: "either"; readonly one: Shape; readonly other: Shape });

/** How server-side apply tells the elements of a list apart: a set by value, a map by the values of some fields. */
export type ListKeys = "set" | readonly string[];

export interface Field {
  readonly shape: Shape;
  /** The API server refuses an object without it. */
  readonly required: boolean;
  /** Null is a value of it, and no absence: where the schema of a custom resource says so. */
  readonly takesNull?: boolean;
  /** Absent or null, it is as if it were there and empty: a struct in Go, no pointer. */
  readonly filled: boolean;
  /** The versions that know it. */
  readonly versions: VersionSet;
  /** The versions in which its content is validated; elsewhere it is decoded, and then ignored or dropped. */
  readonly enforced: VersionSet;
  /** Where it is not enforced it is dropped, as if it had not been there. */
  readonly dropped: boolean;
}

/** An object type with known fields. Its fields are built when first asked for, so that loading costs nothing. */
export interface ObjectType {
  /** `core.v1.Container`; for a custom resource, its kind and path: `Application.spec.source`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The names in `fields` of those whose absence means something: they are required, or filled. */
  readonly awaited: readonly string[];
  /** The names in `fields` of those that some versions drop. */
  readonly gated: readonly string[];
  /** The shape of fields that `fields` does not name; undefined when there must be none. */
  readonly rest: Shape | undefined;
  /** What validation demands of the type after decoding; undefined for most types. */
  readonly demand: Check | undefined;
}

export type Scope = "namespaced" | "cluster";

/** A kind that some API server serves. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: ObjectType;
  /**
   * A subresource (`policy/v1` Eviction, `autoscaling/v1` Scale) is no object of its own: nothing can apply it. Nor can a
   * file that a tool reads: kustomize's own.
   */
  readonly scope: Scope | "subresource" | "file";
  /** A kind of Kubernetes itself, rather than of a CustomResourceDefinition. */
  readonly isBuiltIn: boolean;
  /** Of a custom kind that comes with the gate: whose definition that is, `Argo CD 3.2`. A cluster may have another. */
  readonly bundledOf?: string;
  /** The versions that know it. */
  readonly versions: VersionSet;
  /** Known, but not served unless the cluster's operator turns it on: alphas and betas. */
  readonly off: boolean;
  /** Of a custom kind, an object as it is stored: with the defaults of its schema, and without a status that is dropped. */
  readonly stored?: (object: JsonObject) => JsonObject;
  /** Of a custom kind, what its definition has the API server warn of. */
  readonly deprecation?: string | undefined;
  /** Of a custom kind, what its definition demands of an object that takes the place of an older one. */
  readonly transition?: (old: JsonObject, next: JsonObject, at: Place) => void;
}

/**
 * The value validations of a CustomResourceDefinition's schema, as OpenAPI v3 words them; `allOf`, `anyOf`, `oneOf` and
 * `not` hold further ones.
 */
export type Limits = JsonObject;
