import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imagesIn, isMoving } from "../lib/images.ts";

export const imageTag = definePolicy({
  id: "reliability/image-tag",
  severity: "error",
  why: "latest may be a different image tomorrow: pods of one workload run different versions, a restart is an unreviewed update, and a revert in Git restores nothing. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Set the tag to the version that you tested, or use its digest.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { image, of, text, pointer } of imagesIn(resource)) {
      if (!isMoving(image)) continue;
      const what =
        image.tag === undefined
          ? "has no tag, which means latest"
          : "uses the tag latest, which can change at any time";
      yield { pointer, message: `image ${text} of ${of} ${what}` };
    }
  },
});
