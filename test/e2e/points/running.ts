import { type Bed, demand } from "../bed.ts";
import { inside, namespaceOf } from "./pods.ts";

/** Runs `gitops up` like a user. @returns its output, and the URL that it prints; undefined if none is reachable from here */
export async function up(bed: Bed, target: string): Promise<{ text: string; url: string | undefined }> {
  const { code, text } = await bed.gitops(["up", target, "--context", bed.context, "--yes"]);
  demand(code === 0, `gitops up ${target} ends with ${code}:\n${text}`);
  demand(/✓ healthy: /.test(text), `gitops up ${target} does not report healthy:\n${text}`);
  return { text, url: /^https?:\/\/\S+$/m.exec(text)?.[0] };
}

/** A second `up` changes nothing, and `status` succeeds. */
export async function settled(bed: Bed, target: string): Promise<string> {
  const { text } = await up(bed, target);
  const count = /^ *(\d+) resources unchanged$/m.exec(text)?.[1];
  demand(count !== undefined && !/ (created|changed|configured)$/m.test(text), `a second up changes things:\n${text}`);
  const status = await bed.gitops(["status", target, "--context", bed.context]);
  demand(status.code === 0, `gitops status ends with ${status.code}:\n${status.text}`);
  return `${count} resources unchanged`;
}

/** The document's cleanup removes a plain overlay: the namespace then contains only what every namespace has. */
export async function documentsCleanup(bed: Bed, overlay: string): Promise<string> {
  const deleted = await bed.kubectl([
    ...remove,
    "deployments,services",
    "-l",
    "app in (redis, guestbook)",
    ...inside(overlay),
  ]);
  const kinds = await bed.kubectl(["api-resources", "--verbs=list", "--namespaced", "-o", "name"]);
  const names = kinds.split("\n").filter((kind) => kind !== "" && !/^events|^pods.metrics/.test(kind));
  await bed.tryKubectl(["wait", "--for=delete", "pods", "--all", ...inside(overlay), "--timeout=90s"]);
  const all = await bed.kubectl(["get", names.join(","), ...inside(overlay), "--ignore-not-found", "-o", "name"]);
  const left = all.split("\n").filter((name) => name !== "" && !everywhere.includes(name));
  demand(left.length === 0, `it leaves ${left.join(", ")} behind`);
  return `${deleted.trim().split("\n").length} objects deleted, nothing left`;
}

const remove = ["delete", "--cascade=foreground"];
/** What the control plane creates in every namespace. */
const everywhere = ["configmap/kube-root-ca.crt", "serviceaccount/default"];

/** `gitops down` removes the namespace. */
export async function down(bed: Bed, overlay: string, ...flags: string[]): Promise<string> {
  const { code, text } = await bed.gitops(["down", `overlays/${overlay}`, "--context", bed.context, "--yes", ...flags]);
  demand(code === 0, `gitops down ends with ${code}:\n${text}`);
  const left = await bed.kubectl(["get", "namespace", namespaceOf(overlay), "--ignore-not-found", "-o", "name"]);
  demand(left === "", `the namespace stays:\n${text}`);
  return "the namespace is gone";
}
