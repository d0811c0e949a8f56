import type { Existing } from "./existing.ts";
import type { Wants } from "./finding.ts";
import type { Json } from "./json.ts";
import type { Resource } from "./resource.ts";

/** What a GitOps controller finds at a path of the repository. `nested`: manifests only in subfolders; `folder`: no manifests. */
export type PlaceKind = "kustomization" | "component" | "chart" | "manifests" | "nested" | "folder" | "file";

/** The few facts about a target that are kept until all targets are judged. */
export interface TargetFacts {
  /** Its name in policies: the path relative to the folder of gitops.yaml. */
  readonly name: string;
  /** Relative to the root of the repository, `.` for the root itself; `-` is standard input. */
  readonly path: string;
  readonly kind: "kustomization" | "manifests" | "stdin";
  /** Its kustomization file, as shown in reports. */
  readonly file: string | undefined;
  /** It did not render, or only in part, so its content is not known. */
  readonly failed: boolean;
  /** If it is known with what a controller adds to it: its syncs without that. */
  readonly asWritten?: readonly SyncFact[];
  /** It was rendered without what is not evaluated: charts, plugins and remote entries. */
  readonly isPartial?: true;
  /** Everything that it renders. */
  readonly objects: readonly ObjectFact[];
  /** Its Applications, ApplicationSets, and Flux Kustomizations and sources. */
  readonly syncs: readonly SyncFact[];
  /** The same in the files that it is made of, as they are written, if it did not render. */
  readonly listed?: readonly SyncFact[];
  /** Other Flux resources that refer to resources: HelmReleases (without their values), alerts, image policies. */
  readonly naming: readonly Resource[];
  /** Argo CD AppProjects. */
  readonly projects?: readonly Resource[];
  /** Services that request node ports. */
  readonly nodePorts: readonly Resource[];
  /** Objects that controllers create from it, if their names are documented. */
  readonly made?: readonly CreatedObject[];
  /** Charts that are installed with it, which may create anything. */
  readonly charts?: readonly MakerFact[];
  /** Custom resources from which an operator may create objects with their name. */
  readonly makers?: readonly MakerFact[];
  /** The folders of the bases and components that it is built on, relative to the root. */
  readonly bases?: readonly string[];
  /** Where its kustomizations make kustomize write its version into labels. */
  readonly versioned?: readonly FilePlace[];
  /** Findings about it that other targets may resolve. */
  readonly open?: readonly OpenFact[];
}

/** A place in a file, as shown in reports. */
export interface FilePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** An object that a controller creates. */
export interface CreatedObject extends Wants {
  readonly name: string;
  /** Its namespace is not known. */
  readonly isAnywhere?: true;
}

/** What creates objects that are named after it, such as a release of a chart, and the namespace of those objects. */
interface MakerFact {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** A finding about a target that the others may resolve. */
export interface OpenFact {
  readonly rule: string;
  /** See {@link resourceId}. */
  readonly resource: string;
  readonly pointer: string;
  /** It is about a value with variables that Flux may substitute: their names, without those that have a default. */
  readonly variables?: readonly string[];
  /** It is about a missing field, which a patch of a Flux Kustomization may set. */
  readonly isAbsent?: true;
  /** It is about a null, which a patch of a Flux Kustomization may drop. */
  readonly isNull?: true;
  /** The missing object. */
  readonly wants?: Wants | undefined;
  /** The missing object belongs in the namespace of the resource itself, not in a namespace that it names. */
  readonly isBeside?: boolean;
}

/** A resource that defines what is synced. */
export interface SyncFact {
  readonly resource: Resource;
  /** Whatever applies this folder applies it: the folder of its file, or the target that renders it, relative to the root. */
  readonly folder: string;
  /** Its file relative to the root, if it was not rendered. */
  readonly file: string | undefined;
}

/** The identity of an object. */
export interface ObjectFact {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Whether it has a namespace; undefined if that is not known for its kind. */
  readonly namespaced: boolean | undefined;
  /** Its file relative to the root, if it was not rendered. */
  readonly file: string | undefined;
  /** Its annotations allow several owners, or protect it from changes once it exists. */
  readonly shared: boolean;
  /** The keys of a ConfigMap or a Secret, if they are known. */
  readonly keys?: readonly string[];
  /** The data of a ConfigMap that may hold the values of Flux variables. */
  readonly values?: Readonly<Record<string, string>>;
  /** Flux variables without a default in its values, apart from its name and its namespace. */
  readonly variables?: readonly string[];
}

/** The whole repository, for rules that compare targets. */
export interface RepositoryContext {
  readonly targets: readonly TargetFacts[];
  /** The run covers all targets of gitops.yaml, so that anything else does not exist. */
  readonly whole: boolean;
  /** What already exists in the cluster. */
  readonly cluster?: readonly Existing[] | undefined;
  /** Whether a URL belongs to this repository, by the configuration and Git's remotes; `maybe` if neither is known. */
  readonly owns: (url: string) => "yes" | "no" | "maybe";
  /** What is at a path relative to the root; undefined if it does not exist or is outside. */
  readonly placeAt: (path: string) => PlaceKind | undefined;
  /** Folders that a pattern matches (`*` for any part of a name, `**` for any folders), sorted. */
  readonly folders: (pattern: string) => readonly string[];
  /** The documents of the files that a pattern matches; only of those that contain a text, if one is given. */
  readonly files: (
    pattern: string,
    text?: string,
  ) => readonly { readonly path: string; readonly documents: readonly Json[] }[];
}
