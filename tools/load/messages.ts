import { listed } from "../core/listed.ts";
import type { Reference } from "./kustomization.ts";

/** A problem that the walk found, without its location. */
export interface Words {
  readonly rule: string;
  readonly message: string;
  readonly help: string;
}

/** The revision that kustomize checks out. */
const revision = /[?&](?:ref|version)=([^&]*)/;

/** A full hash is immutable; a branch or a tag can be moved. */
const commit = /^[0-9a-f]{40}$/;

/** Whether an entry names a commit: as its revision, or, for a single file, as a folder of the URL. */
function isPinned(path: string): boolean {
  const named = revision.exec(path)?.[1];
  return named === undefined ? path.split("/").some((part) => commit.test(part)) : commit.test(named);
}

/**
 * An entry that kustomize would fetch from the network.
 *
 * @param here the path to the same file or folder in this repository, if the entry names this repository
 */
export function remote(path: string, here: string | undefined): Words {
  const unpinned = isPinned(path) ? "" : " and not pinned to a commit";
  return {
    rule: "gitops/remote-base",
    message: `${path} is remote${unpinned}; this gate loads nothing from the network`,
    help: here === undefined ? vendored : local(here, revision.exec(path)?.[1]),
  };
}

const vendored =
  "Vendor it: commit a copy to this repository and reference the copy, so that reviews show what changes.";

function local(here: string, named: string | undefined): string {
  const state = named === undefined ? "" : ` That is its state in this commit, not that of ${named}.`;
  return `This repository has it: reference ${here} instead.${state}`;
}

/** A path that leads out of the repository. @param root the top of the repository, as shown to users */
export function outside(path: string, root: string): Words {
  return {
    rule: "render/outside",
    message: `${path} is outside ${root === "." ? "the repository" : root}`,
    help: "Move it into the repository, and use a relative path without symbolic links that leave the repository.",
  };
}

/** The advice for a kustomization that reads files from outside its folder. */
export const fromOutside =
  "Move it into the kustomization's folder, or give it its own kustomization and reference that folder. Flux reads such " +
  "files, and so does Argo CD with --load-restrictor LoadRestrictionsNone: if only they build this, set " +
  "loadRestrictor: LoadRestrictionsNone in gitops.yaml.";

/** An absolute path. */
export function absolute(path: string): Words {
  return {
    rule: "render/outside",
    message: `${path} is an absolute path, which differs from machine to machine`,
    help: "Use a path relative to this kustomization.",
  };
}

/** An entry that makes kustomize run a program. @param runs what it runs: `helm`, `a function` */
export function program(runs: string): Words {
  return {
    rule: "render/plugin",
    message: `this would run ${runs}, but this gate never runs programs for a repository`,
    help:
      runs === "helm"
        ? "Commit the output of `helm template`, and list that file under resources."
        : "Commit its output, or use kustomize's builtin generators and transformers.",
  };
}

/** Kustomizations that reference each other. @param folders in order; the last is the first again */
export function cycle(folders: readonly string[]): Words {
  return {
    rule: "render/failed",
    message: `the kustomizations reference each other in a cycle: ${folders.join(" → ")}`,
    help: "Move the shared resources into a base that references none of them.",
  };
}

/** A base that contains the kustomization that references it. */
export function holdsUser(folder: string, user: string): Words {
  return {
    rule: "render/failed",
    message: `${folder} contains ${user}, which references it; kustomize treats that as a cycle`,
    help: "Move the base into its own folder, next to the folders that reference it.",
  };
}

/** A chain of references that is longer than `limit`. */
export function tooDeep(limit: number): Words {
  return {
    rule: "render/failed",
    message: `more than ${limit} kustomizations reference one another in a chain`,
    help: "Flatten the chain.",
  };
}

const expected: Readonly<Record<Reference["reach"], string>> = {
  resource: "a manifest file or a folder with a kustomization",
  root: "a folder with a kustomization",
  file: "a file",
  plugin: "a file or folder with plugin configurations",
  replacement: "a file with replacements",
};

/**
 * A path where nothing suitable is.
 *
 * @param kind what is there instead: `file`, `folder`; undefined if nothing
 * @param link what it contains, if it is a symbolic link to nothing
 */
export function missing({ path, reach }: Reference, kind: string | undefined, link?: string): Words {
  if (link !== undefined) return broken(path, link);
  const found =
    kind === undefined ? "does not exist" : kind === "other" ? "is neither a file nor a folder" : `is a ${kind}`;
  return {
    rule: "render/failed",
    message: `${path === "" ? "the path is empty" : `${path} ${found}`}; expected ${expected[reach]}`,
    help: "Correct the path (it is relative to this kustomization), or add the missing file or folder.",
  };
}

/** Advice for a missing file that Git ignores. @param by the line of the pattern, as `file:line` */
export function ignored(by: string): string {
  return `Git ignores it (${by}): generate it before the check, or correct the path.`;
}

/** A symbolic link to nothing. @param link what it contains */
export function broken(path: string, link: string): Words {
  return {
    rule: "render/failed",
    message: `${path} is a symbolic link to ${link}, which does not exist`,
    help: "Correct the link (its target is relative to the link's folder), or replace it with the file.",
  };
}

/** A Component that is listed as a resource, or the other way round. */
export function wrongKind(path: string, isComponent: boolean): Words {
  return {
    rule: "render/failed",
    message: `${path} is ${isComponent ? "a Component" : "a kustomization, not a Component"}`,
    help: isComponent
      ? "List it under components."
      : "List it under resources, or make it a Component: apiVersion: kustomize.config.k8s.io/v1alpha1, kind: Component.",
  };
}

/** A folder without a kustomization file. */
export function unkustomized(path: string): Words {
  return {
    rule: "render/failed",
    message: `the folder ${path} has no kustomization.yaml`,
    help: "Add one, or list the folder's files one by one.",
  };
}

/**
 * What a search skipped, and what to do about it: charts, templates and Jsonnet files, submodules and links to folders, by
 * their shown paths.
 */
export function unrendered({ charts = [], templates: all = [], submodules = [], links = [] }: Passed): string[] {
  const one = `To check one, render it: helm template NAME ${charts[0]} | gitops check -`;
  const jsonnet = all.filter((path) => path.endsWith(".jsonnet"));
  const templates = all.filter((path) => !path.endsWith(".jsonnet"));
  return [
    ...(charts.length > 0
      ? [`${several(charts, "Helm chart is", "Helm charts are")} not rendered: ${listed(charts)}. ${one}`]
      : []),
    ...(templates.length > 0
      ? [`${several(templates, "template is", "templates are")} not filled in and not checked: ${listed(templates)}`]
      : []),
    ...(jsonnet.length > 0
      ? [
          `${several(jsonnet, "Jsonnet file is", "Jsonnet files are")} not evaluated and not checked: ${listed(jsonnet)}. To check one, evaluate it, a list with -y: jsonnet ${jsonnet[0]} | gitops check -`,
        ]
      : []),
    ...(submodules.length > 0
      ? [
          `${several(submodules, "submodule is", "submodules are")} not checked out and not checked: ${listed(submodules)}. Check them out: git submodule update --init`,
        ]
      : []),
    ...(links.length > 0
      ? [
          `${several(links, "link to a folder is", "links to folders are")} not followed: ${listed(links)}. To check a linked folder, pass it: gitops check ${links[0]}`,
        ]
      : []),
  ];
}

interface Passed {
  readonly charts?: readonly string[];
  readonly templates?: readonly string[];
  readonly submodules?: readonly string[];
  readonly links?: readonly string[];
}

function several(list: readonly string[], one: string, more: string): string {
  return `${list.length} ${list.length === 1 ? one : more}`;
}
