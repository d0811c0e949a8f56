import { stringAt } from "../core/json.ts";
import { containersOf, podOf } from "../core/pod.ts";
import type { Resource } from "../core/resource.ts";
import type { Applied } from "./apply.ts";

/** An image that the target runs and whose source is in this repository. */
export interface Build {
  /** The reference in the target: `ghcr.io/example/frontend:1.2`. */
  readonly image: string;
  /** The name of its folder in images/. */
  readonly name: string;
}

/**
 * The images to build: those whose name ends with the name of a folder in images/. Images pinned by digest are left out: a local
 * build cannot replace them.
 */
export function builds(rendered: readonly Resource[], folders: readonly string[]): Build[] {
  return [...new Set(rendered.flatMap(imagesOf))].flatMap((image) => {
    const name = nameOf(image);
    return !image.includes("@") && folders.includes(name) ? [{ image, name }] : [];
  });
}

function imagesOf(resource: Resource): string[] {
  const pod = podOf(resource);
  return pod === undefined ? [] : containersOf(pod).map(({ object }) => stringAt(object, "image") ?? "");
}

/** The kinds that `kubectl rollout restart` restarts. */
const restartable = ["Deployment", "StatefulSet", "DaemonSet"];

/** Workloads that still run the old build of an image: their template is unchanged, so no rollout was triggered. */
export function unrolled(applied: readonly Applied[], rebuilt: readonly string[]): Resource[] {
  return applied.flatMap(({ resource, outcome }) => {
    const isOld = outcome === "unchanged" && imagesOf(resource).some((image) => rebuilt.includes(image));
    return isOld && restartable.includes(resource.kind) ? [resource] : [];
  });
}

/** `frontend` for `ghcr.io/example/frontend:1.2`; empty for official images, which have no slash and are not built here. */
function nameOf(image: string): string {
  return /\/([^/:@]+)(?::[^/]*)?$/.exec(image)?.[1] ?? "";
}

/** Programs that build images, most common first. */
export const builders = ["docker", "podman", "nerdctl"] as const;

/** The builder's arguments to build an image. */
export function buildArgs({ image, name }: Build): string[] {
  return ["build", "--tag", image, "--file", `images/${name}/Containerfile`, `images/${name}`];
}

/** The builder's arguments to save an image to an archive. */
export function saveArgs({ image }: Build, archive: string): string[] {
  return ["save", "--output", archive, image];
}

/** The builder's arguments to print the id of an image. */
export function inspectArgs({ image }: Build): string[] {
  return ["image", "inspect", "--format", "{{.Id}}", image];
}
