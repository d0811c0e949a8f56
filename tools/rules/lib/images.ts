import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { isImageReference } from "../../vocabulary/image-reference.ts";
import { containersIn } from "./containers.ts";
import { repositoryOf } from "./contracts.ts";

/** The parts of an image reference: `example.com/web:1@sha256:…`. */
export interface Image {
  /** `example.com/web` */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Splits an image reference. https://kubernetes.io/docs/concepts/containers/images/#image-names */
export function imageOf(reference: string): Image {
  const at = reference.indexOf("@");
  const named = at < 0 ? reference : reference.slice(0, at);
  const repository = repositoryOf(named);
  return {
    repository,
    tag: named.slice(repository.length + 1) || undefined,
    digest: at < 0 ? undefined : reference.slice(at + 1),
  };
}

/** Whether each pull may get a different image; false if a placeholder stands for the name, which may include the tag. */
export function isMoving({ repository, tag, digest }: Image): boolean {
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  return digest === undefined && (tag === "latest" || (tag === undefined && isImageReference(last)));
}

/**
 * Whether a program replaces the image: Istio replaces `auto`, ko replaces a Go package with the image that it has built.
 * https://istio.io/latest/docs/setup/additional-setup/gateway/, https://ko.build/features/k8s/
 */
function isReplaced(image: string, annotations: JsonObject): boolean {
  if (image.startsWith("ko://")) return true;
  return image === "auto" && Object.keys(annotations).some((key) => key.includes("istio.io/"));
}

/** An image that pods use, and its field. */
interface UsedImage {
  readonly image: Image;
  readonly text: string;
  /** `container web` */
  readonly of: string;
  readonly pointer: string;
}

/** The images of a resource's pods: of containers and of image volumes. */
export const imagesIn = once((resource: Resource): readonly UsedImage[] => {
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const ofContainers = containersIn(resource).map(({ name, object, pointer }) => ({
    text: stringAt(object, "image") ?? "",
    of: `container ${name}`,
    pointer: `${pointer}/image`,
  }));
  const ofVolumes = listAt(pod.spec, "volumes").map((volume, index) => ({
    text: (isObject(volume) && stringAt(objectAt(volume, "image"), "reference")) || "",
    of: `volume ${isObject(volume) ? volume.name : index}`,
    pointer: `${pod.specPointer}/volumes/${index}/image/reference`,
  }));
  return [...ofContainers, ...ofVolumes]
    .filter(({ text }) => text.trim() !== "" && !isReplaced(text, pod.annotations))
    .map((used) => ({ ...used, image: imageOf(used.text) }));
});
