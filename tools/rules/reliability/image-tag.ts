import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imagesIn, isMoving } from "../lib/images.ts";

export const imageTag = definePolicy({
  id: "reliability/image-tag",
  severity: "error",
  why: "latest is another image tomorrow: pods of one workload run different versions, a restart is an update that nobody reviewed, and a revert in Git brings nothing back. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Write the version that was tested as the tag, or its digest.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { image, of, text, pointer } of imagesIn(resource)) {
      if (!isMoving(image)) continue;
      const what = image.tag === undefined ? "has no tag, and is latest" : "is whatever is the latest";
      yield { pointer, message: `image ${text} of ${of} ${what}` };
    }
  },
});
