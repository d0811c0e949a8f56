import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imageParts, isImageReference } from "../../vocabulary/image-reference.ts";
import { imagesIn } from "../lib/images.ts";

/** `applyDefaultImageTag` of k8s.io/kubernetes/pkg/kubelet/images; white space around it is `apply/image`. */
export const imageName = definePolicy({
  id: "reliability/image-name",
  severity: "error",
  why: "The API server takes any text for an image, but a kubelet has to take its name apart before it asks a registry: of one that it cannot read it says InvalidImageName, and the pod never starts. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Write it as registry.example.com/path/name:tag, in lower case up to the tag, or with @sha256: and the digest.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { of, text, pointer } of imagesIn(resource)) {
      if (text.trim() !== text || isTemplate(text) || isImageReference(text)) continue;
      const gaps = gapsIn(text);
      if (gaps.length === 0) {
        const help = helpFor(text);
        yield { pointer, message: `image ${text} of ${of} has a name that no kubelet can read`, ...(help && { help }) };
      } else {
        const message = `image ${text} of ${of} has a gap that nobody has filled in: ${gaps.join(", ")}`;
        const help = "Fill it in; where that is the name, write it in lower case.";
        yield { pointer, message, help, severity: "warning" };
      }
    }
  },
});

/** What a program fills in before it is applied: `${IMAGE}`, `$(IMAGE)`, `{{ image }}`, `<image>`, `__IMAGE__`, `@IMAGE@`. */
function isTemplate(text: string): boolean {
  return /[${<%]|\[\[|__\w+__|@\w+@/.test(text);
}

const capitals = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])/g;

/** `REGION-docker.pkg.dev/PROJECT_ID/web`: a part of the path that is a word of capitals is there to be replaced, and so are others. */
function gapsIn(text: string): readonly string[] {
  const isThere = /(?:^|\/)[A-Z][A-Z0-9_]*(?=[/:@]|$)/.test(text);
  return isThere && isImageReference(text.replace(capitals, "x")) ? (text.match(capitals) ?? []) : [];
}

function helpFor(text: string): string | undefined {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0];
  if (scheme !== undefined) return suggestion(`Leave out ${scheme}`, text.slice(scheme.length));
  if (/^[a-f0-9]{64}$/.test(text))
    return "A digest alone is no name: write the name of the image, and @sha256: before it.";
  const { name, tag, digest } = takenApart(text);
  if (name !== name.toLowerCase()) return suggestion("Write it in lower case", text.replace(name, name.toLowerCase()));
  if (tag === "")
    return suggestion("Write a tag behind the colon, or leave the colon out", text.replace(`${name}:`, name));
  if (tag?.includes(":")) return `An image has one tag: leave one of ${tag.split(":").join(" and ")}.`;
  if (tag?.includes("+"))
    return suggestion("+ is not allowed in a tag: write - or _", text.replace(tag, tag.replaceAll("+", "-")));
  if (tag !== undefined && tag.length > 128) return `A tag has up to 128 characters, this one has ${tag.length}.`;
  if (tag !== undefined && !/^\w[\w.-]*$/.test(tag))
    return "A tag has letters, digits, - . and _, and begins with a letter, a digit or _.";
  if (digest !== undefined) return helpForDigest(digest);
  return undefined;
}

/** The path of the image, as far as it can be told from what follows it. */
function takenApart(text: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
  const [named = "", ...digests] = text.split("@");
  const { rest } = imageParts(named);
  const path = named.endsWith(rest) ? rest : named;
  const colon = path.indexOf(":");
  return {
    name: colon < 0 ? path : path.slice(0, colon),
    ...(colon >= 0 && { tag: path.slice(colon + 1) }),
    ...(digests.length > 0 && { digest: digests.join("@") }),
  };
}

const lengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

function helpForDigest(digest: string): string | undefined {
  const [algorithm = "", hex = ""] = digest.split(":");
  const wanted = Object.hasOwn(lengths, algorithm) ? lengths[algorithm] : undefined;
  if (wanted === undefined) return "A digest begins with sha256:, sha384: or sha512:.";
  if (hex.length !== wanted) return `A digest of ${algorithm} has ${wanted} characters, this one has ${hex.length}.`;
  return /^[a-f0-9]*$/.test(hex) ? undefined : "A digest has digits and the letters a to f, in lower case.";
}

function suggestion(what: string, text: string): string {
  return isImageReference(text) ? `${what}: ${text}` : `${what}.`;
}
