import type { Existing } from "./existing.ts";
import type { Wants } from "./finding.ts";
import type { Json } from "./json.ts";
import type { Resource } from "./resource.ts";

/** What stands at a path of a repository, as whoever syncs it sees it. nested: manifests are in folders below alone; folder: none. */
export type PlaceKind = "kustomization" | "component" | "chart" | "manifests" | "nested" | "folder" | "file";

/** What is known of one target when all have passed: data, and little of it. */
export interface TargetFacts {
  /** As policies name it, relative to the folder of gitops.yaml. */
  readonly name: string;
  /** Relative to the top of the repository, `.` for the top itself; `-` is standard input. */
  readonly path: string;
  readonly kind: "kustomization" | "manifests" | "stdin";
  /** Its kustomization file, as reports name it. */
  readonly file: string | undefined;
  /** It did not render: what it holds is not known. */
  readonly failed: boolean;
  /** All that it renders. */
  readonly objects: readonly ObjectFact[];
  /** Applications, ApplicationSets, and the Kustomizations and sources of Flux among it. */
  readonly syncs: readonly SyncFact[];
  /** What else of Flux names others: HelmReleases, without their values, alerts, policies of images. */
  readonly naming: readonly Resource[];
  /** AppProjects of Argo CD. */
  readonly projects?: readonly Resource[];
  /** Services that ask for ports of the nodes. */
  readonly nodePorts: readonly Resource[];
  /** What controllers make of it, where their documentation says how they call it. */
  readonly made?: readonly Made[];
  /** Charts that are installed with it: they make what they like. */
  readonly charts?: readonly ChartFact[];
  /** What is wrong with it unless another target says otherwise. */
  readonly open?: readonly OpenFact[];
}

/** An object that a controller makes. */
export interface Made extends Wants {
  readonly name: string;
  /** It may be in any namespace. */
  readonly isAnywhere?: true;
}

/** A release of a chart, and where it goes. */
export interface ChartFact {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** A finding of a target that the others may answer. */
export interface OpenFact {
  readonly rule: string;
  /** See {@link resourceId}. */
  readonly resource: string;
  readonly pointer: string;
  /** It is about a value with a variable, which Flux may put something in for. */
  readonly isVariable?: true;
  /** What it finds missing. */
  readonly wants?: Wants | undefined;
  /** What is missing goes wherever the resource itself goes, and not into a namespace that was named. */
  readonly isBeside?: boolean;
}

/** A resource that says what is synced. */
export interface SyncFact {
  readonly resource: Resource;
  /** Whoever applies this folder, relative to the top, applies it: that of its file, or the target that renders it. */
  readonly folder: string;
  /** Where it was written, relative to the top, when it was not rendered. */
  readonly file: string | undefined;
}

/** What makes an object the same as another one. */
export interface ObjectFact {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** It lives in a namespace; undefined for kinds of which that is not known. */
  readonly namespaced: boolean | undefined;
  /** Where it was written, relative to the top, when it was not rendered. */
  readonly file: string | undefined;
  /** Its annotations say that whoever applies it shares it, or leaves it alone once it is there. */
  readonly shared: boolean;
}

/** The whole repository, for rules that hold one target against another. */
export interface RepositoryContext {
  readonly targets: readonly TargetFacts[];
  /** The run looks at all targets that gitops.yaml names: what is not seen is not there. */
  readonly whole: boolean;
  /** What the cluster has already. */
  readonly cluster?: readonly Existing[] | undefined;
  /** Whether a URL is that of this repository: as the configuration and Git's remotes say; `maybe` where neither does. */
  readonly owns: (url: string) => "yes" | "no" | "maybe";
  /** What stands at a path relative to the top; undefined for nothing, and for what is outside. */
  readonly placeAt: (path: string) => PlaceKind | undefined;
  /** Folders that a pattern matches (`*` for any part of a name, `**` for any folders), sorted. */
  readonly folders: (pattern: string) => readonly string[];
  /** The documents of the files that a pattern matches. */
  readonly files: (pattern: string) => readonly { readonly path: string; readonly documents: readonly Json[] }[];
}
