import { listed } from "../core/listed.ts";
import type { Reference } from "./kustomization.ts";

/** What the walk has to say, without the place. */
export interface Words {
  readonly rule: string;
  readonly message: string;
  readonly help: string;
}

/** A full hash names one state for ever; a branch or a tag can be moved. */
const commit = /[?&](?:ref|version)=[0-9a-f]{40}(?:$|&)/;

export function remote(path: string): Words {
  const pinned = commit.test(path) ? "" : " and not pinned to a commit,";
  return {
    rule: "gitops/remote-base",
    message: `${path} is remote,${pinned} and this gate loads nothing from the network`,
    help: "Vendor it: commit a copy to this repository and refer to that, so that a review sees what changes.",
  };
}

export function outside(path: string, root: string): Words {
  return {
    rule: "render/outside",
    message: `${path} is outside of ${root === "." ? "the repository" : root}`,
    help: "Move it into the repository, and name it by a relative path without symbolic links that leave it.",
  };
}

/** What to do where a kustomization reads files from outside of its folder. */
export const fromOutside =
  "Move it there, or give it a kustomization of its own and name that folder. Flux reads it, and so does Argo CD with " +
  "--load-restrictor LoadRestrictionsNone: where they alone build this, say loadRestrictor: LoadRestrictionsNone in gitops.yaml.";

export function absolute(path: string): Words {
  return {
    rule: "render/outside",
    message: `${path} is an absolute path, which is another place on another machine`,
    help: "Name it by a path relative to this kustomization.",
  };
}

export function program(runs: string): Words {
  return {
    rule: "render/plugin",
    message: `this would run ${runs}, and this gate runs no program of a repository`,
    help:
      runs === "helm"
        ? "Commit what `helm template` prints, and list that file under resources."
        : "Commit what it generates, or use kustomize's builtin generators and transformers.",
  };
}

export function cycle(folders: readonly string[]): Words {
  return {
    rule: "render/failed",
    message: `the kustomizations use each other in a circle: ${folders.join(" → ")}`,
    help: "Move what they share into a base that uses none of them.",
  };
}

export function holdsUser(folder: string, user: string): Words {
  return {
    rule: "render/failed",
    message: `${folder} holds ${user}, which uses it; kustomize takes that for a circle`,
    help: "Move the base into a folder of its own, beside those that use it.",
  };
}

export function tooDeep(limit: number): Words {
  return {
    rule: "render/failed",
    message: `more than ${limit} kustomizations use one another in a chain`,
    help: "Flatten them.",
  };
}

const wanted: Readonly<Record<Reference["reach"], string>> = {
  resource: "a file of manifests or a folder with a kustomization",
  root: "a folder with a kustomization",
  file: "a file",
  plugin: "a file or a folder of configurations",
  replacement: "a file of replacements",
};

export function missing({ path, reach }: Reference, kind: string | undefined): Words {
  const found = kind === undefined ? "is not there" : `is a ${kind}`;
  return {
    rule: "render/failed",
    message: path === "" ? `an empty path: ${wanted[reach]} is needed` : `${path} ${found}: ${wanted[reach]} is needed`,
    help: "Correct the path (it is relative to this kustomization), or add what is missing.",
  };
}

export function unkustomized(path: string): Words {
  return {
    rule: "render/failed",
    message: `the folder ${path} has no kustomization.yaml`,
    help: "Add one to it, or list its files one by one.",
  };
}

/** What a search passes over, and what to do about it: charts, templates and links to folders, as they are shown. */
export function unrendered({ charts = [], templates = [], links = [] }: Passed): string[] {
  const one = `To judge one, render it: helm template NAME ${charts[0]} | gitops check -`;
  return [
    ...(charts.length > 0
      ? [`${several(charts, "Helm chart is", "Helm charts are")} not rendered: ${listed(charts)}. ${one}`]
      : []),
    ...(templates.length > 0
      ? [`${several(templates, "template is", "templates are")} not filled in, and not judged: ${listed(templates)}`]
      : []),
    ...(links.length > 0
      ? [
          `${several(links, "link to a folder is", "links to folders are")} not followed: ${listed(links)}. To judge what one leads to, name it: gitops check ${links[0]}`,
        ]
      : []),
  ];
}

interface Passed {
  readonly charts?: readonly string[];
  readonly templates?: readonly string[];
  readonly links?: readonly string[];
}

function several(list: readonly string[], one: string, more: string): string {
  return `${list.length} ${list.length === 1 ? one : more}`;
}
