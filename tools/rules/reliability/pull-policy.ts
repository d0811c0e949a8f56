import { stringAt } from "../../core/json.ts";
import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { containersIn, inWords } from "../lib/containers.ts";
import { imageOf, isMoving } from "../lib/images.ts";

/** Without a policy, the API server chooses the one that suits the tag. */
export const pullPolicy = definePolicy({
  id: "reliability/pull-policy",
  severity: "warning",
  why: "With Never, a pod starts only on nodes that somebody brought the image to; with IfNotPresent and a tag that moves, each node keeps the version that it pulled first. https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
  fix: "Remove imagePullPolicy, and write the version of the image as its tag.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const container of containersIn(resource)) {
      const policy = container.object.imagePullPolicy;
      const image = stringAt(container.object, "image") ?? "";
      const pointer = `${container.pointer}/imagePullPolicy`;
      const subject = inWords(container, resource);
      if (policy === "Never") {
        yield { pointer, message: `${subject} never pulls ${image}: it starts on no node that lacks it` };
      } else if (policy === "IfNotPresent" && image !== "" && isMoving(imageOf(image))) {
        yield { pointer, message: `${subject} runs whichever ${image} its node pulled first` };
      }
    }
  },
});
