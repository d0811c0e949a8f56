import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { imageParts, isImageReference } from "../../vocabulary/image-reference.ts";
import { imagesIn } from "../lib/images.ts";

/** `applyDefaultImageTag` of k8s.io/kubernetes/pkg/kubelet/images; surrounding white space is `apply/image`. */
export const imageName = definePolicy({
  id: "reliability/image-name",
  severity: "error",
  why: "The API server accepts any text as an image, but the kubelet has to parse its name before it contacts a registry: if it cannot, it reports InvalidImageName, and the pod never starts. https://kubernetes.io/docs/concepts/containers/images/#image-names",
  fix: "Write it as registry.example.com/path/name:tag, in lower case up to the tag, or with @sha256: and the digest.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const { of, text, pointer } of imagesIn(resource)) {
      if (text.trim() !== text || isTemplate(text) || isImageReference(text)) continue;
      const placeholders = placeholdersIn(text);
      if (placeholders.length === 0) {
        const help = helpFor(text);
        yield {
          pointer,
          message: `image ${text} of ${of} has a name that the kubelet cannot parse`,
          ...(help && { help }),
        };
      } else {
        const message = `image ${text} of ${of} still contains placeholders: ${placeholders.join(", ")}`;
        const help = "Replace them; if this is the real name, write it in lower case.";
        yield { pointer, message, help, severity: "warning" };
      }
    }
  },
});

/** Whether a program fills in the name before it is applied: `${IMAGE}`, `$(IMAGE)`, `{{ image }}`, `<image>`, `__IMAGE__`, `@IMAGE@`. */
function isTemplate(text: string): boolean {
  return /[${<%]|\[\[|__\w+__|@\w+@/.test(text);
}

const capitals = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])/g;

/** `REGION-docker.pkg.dev/PROJECT_ID/web`: if a path segment is in capitals, all such words are placeholders. */
function placeholdersIn(text: string): readonly string[] {
  const hasSegment = /(?:^|\/)[A-Z][A-Z0-9_]*(?=[/:@]|$)/.test(text);
  return hasSegment && isImageReference(text.replace(capitals, "x")) ? (text.match(capitals) ?? []) : [];
}

function helpFor(text: string): string | undefined {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0];
  if (scheme !== undefined) return suggestion(`Remove ${scheme}`, text.slice(scheme.length));
  if (/^[a-f0-9]{64}$/.test(text))
    return "A digest alone is not a name: write the name of the image and @sha256: before it.";
  const { name, tag, digest } = parsed(text);
  if (name !== name.toLowerCase()) return suggestion("Write it in lower case", text.replace(name, name.toLowerCase()));
  if (tag === "") return suggestion("Add a tag after the colon, or remove the colon", text.replace(`${name}:`, name));
  if (tag?.includes(":")) return `An image has only one tag: keep ${tag.split(":").join(" or ")}.`;
  if (tag?.includes("+"))
    return suggestion("+ is not allowed in a tag: use - or _", text.replace(tag, tag.replaceAll("+", "-")));
  if (tag !== undefined && tag.length > 128) return `A tag has at most 128 characters; this one has ${tag.length}.`;
  if (tag !== undefined && !/^\w[\w.-]*$/.test(tag))
    return "A tag consists of letters, digits, - . and _, and starts with a letter, a digit or _.";
  if (digest !== undefined) return helpForDigest(digest);
  return undefined;
}

/** The name, tag and digest of an image, as far as they can be told apart. */
function parsed(text: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
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
  if (wanted === undefined) return "A digest starts with sha256:, sha384: or sha512:.";
  if (hex.length !== wanted) return `A ${algorithm} digest has ${wanted} characters; this one has ${hex.length}.`;
  return /^[a-f0-9]*$/.test(hex) ? undefined : "A digest consists of digits and the letters a to f, in lower case.";
}

function suggestion(what: string, text: string): string {
  return isImageReference(text) ? `${what}: ${text}` : `${what}.`;
}
