import { stringAt } from "../core/json.ts";
import { containersOf, podOf } from "../core/pod.ts";
import type { Resource } from "../core/resource.ts";
import type { Applied } from "./apply.ts";

/** An image that this repository has the source of, and that the target runs. */
export interface Build {
  /** As the target names it: `ghcr.io/example/frontend:1.2`. */
  readonly image: string;
  /** The name of its folder below images/. */
  readonly name: string;
}

/**
 * The images to build: those whose name ends like a folder of images/. One that is pinned by digest is what a registry has,
 * and nothing that is built here can take its place.
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

/** Workloads that still run what an image was before it was built anew: their template names it as it did, so nothing rolled. */
export function unrolled(applied: readonly Applied[], rebuilt: readonly string[]): Resource[] {
  return applied.flatMap(({ resource, outcome }) => {
    const isOld = outcome === "unchanged" && imagesOf(resource).some((image) => rebuilt.includes(image));
    return isOld && restartable.includes(resource.kind) ? [resource] : [];
  });
}

/** `ghcr.io/example/frontend:1.2` is `frontend`; official images have no slash, and nobody builds them here. */
function nameOf(image: string): string {
  return /\/([^/:@]+)(?::[^/]*)?$/.exec(image)?.[1] ?? "";
}

/** Programs that build an image, the most common first. */
export const builders = ["docker", "podman", "nerdctl"] as const;

/** The words behind a builder's name that build, and those that write an archive of what was built. */
export function buildArgs({ image, name }: Build): string[] {
  return ["build", "--tag", image, "--file", `images/${name}/Containerfile`, `images/${name}`];
}

export function saveArgs({ image }: Build, archive: string): string[] {
  return ["save", "--output", archive, image];
}

/** Prints what an image is, whatever its name. */
export function inspectArgs({ image }: Build): string[] {
  return ["image", "inspect", "--format", "{{.Id}}", image];
}
