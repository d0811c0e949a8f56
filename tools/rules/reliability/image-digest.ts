import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imagesIn, isMoving } from "../lib/images.ts";

/** What has no tag at all is `reliability/image-tag`. */
export const imageDigest = definePolicy({
  id: "reliability/image-digest",
  severity: "warning",
  profile: "strict",
  why: "Whoever can write to the registry can put another image behind a tag; behind a digest, nobody can. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Write the digest behind the tag: name:1.2.3@sha256:…; the images: of a kustomization take a digest as well.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { image, of, text, pointer } of imagesIn(resource)) {
      if (image.digest !== undefined || isMoving(image)) continue;
      yield { pointer, message: `image ${text} of ${of} is named by its tag alone` };
    }
  },
});
