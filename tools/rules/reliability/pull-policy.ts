import { stringAt } from "../../core/json.ts";
import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { containersIn, inWords } from "../lib/containers.ts";
import { imagesIn, isMoving } from "../lib/images.ts";

/** The default depends on the tag, and always suits it. */
export const pullPolicy = definePolicy({
  id: "reliability/pull-policy",
  severity: "warning",
  why: "With Never, a pod only starts on nodes that already have the image; with IfNotPresent and a tag that moves, each node keeps the version that it pulled first. https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
  fix: "Remove imagePullPolicy, and use the version of the image as its tag.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const moving = new Set(imagesIn(resource).flatMap(({ image, pointer }) => (isMoving(image) ? [pointer] : [])));
    for (const container of containersIn(resource)) {
      const policy = container.object.imagePullPolicy;
      const image = stringAt(container.object, "image") ?? "";
      const pointer = `${container.pointer}/imagePullPolicy`;
      const subject = inWords(container, resource);
      if (policy === "Never") {
        yield { pointer, message: `${subject} never pulls ${image}: it cannot start on a node without it` };
      } else if (policy === "IfNotPresent" && moving.has(`${container.pointer}/image`)) {
        yield { pointer, message: `${subject} runs whichever ${image} its node pulled first` };
      }
    }
  },
});
