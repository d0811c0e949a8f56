import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imagesIn, isMoving } from "../lib/images.ts";

/** A missing tag is `reliability/image-tag`. */
export const imageDigest = definePolicy({
  id: "reliability/image-digest",
  severity: "warning",
  profile: "strict",
  why: "Anyone who can write to the registry can move a tag to another image; a digest always stands for the same image. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Add the digest after the tag: name:1.2.3@sha256:…; the images field of a kustomization accepts a digest as well.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { image, of, text, pointer } of imagesIn(resource)) {
      if (image.digest !== undefined || isMoving(image)) continue;
      yield { pointer, message: `image ${text} of ${of} has a tag but no digest` };
    }
  },
});
