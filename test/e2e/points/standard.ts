import { loadAll } from "js-yaml";
import { type Bed, demand } from "../bed.ts";
import { inside, namespaceOf } from "./pods.ts";

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: object } };
}

/** The namespace accepts production's own pods, which already run, and rejects those of the plain overlay. */
export async function restricted(bed: Bed, overlay: string): Promise<string> {
  const { metadata } = await bed.get<{ metadata: { labels: Record<string, string> } }>([
    "namespace",
    namespaceOf(overlay),
  ]);
  const level = metadata.labels["pod-security.kubernetes.io/enforce"];
  demand(level === "restricted", `it enforces ${level}`);
  const { text } = await bed.gitops(["render", "overlays/dns"]);
  const deployments = (loadAll(text) as Deployment[]).filter(({ kind }) => kind === "Deployment");
  for (const { metadata, spec } of deployments) {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: metadata.name }, spec: spec.template.spec };
    const words = ["create", "--dry-run=server", "-f", "-", ...inside(overlay)];
    const { code, stderr } = await bed.tryKubectl(words, JSON.stringify(pod));
    demand(
      code !== 0 && stderr.includes('violates PodSecurity "restricted'),
      `it accepts ${metadata.name} of dns: ${stderr}`,
    );
  }
  return `${deployments.length} of ${deployments.length} pods of overlays/dns rejected`;
}
