import { type Bed, demand } from "../bed.ts";
import { ask, askOne, namespace } from "../visitor.ts";
import { inside, podsOf } from "./pods.ts";

/** Whether the cluster enforces NetworkPolicy: a test policy blocks a pod that would otherwise answer. */
export async function policiesAreEnforced(bed: Bed): Promise<boolean> {
  const { status } = await bed.get<{ status: { podIP: string } }>(["pod/nobodys", "--namespace", namespace]);
  const answers = await ask(
    bed,
    Array.from({ length: 3 }, () => ({ url: `tcp://${status.podIP}:8080` })),
  );
  return answers.every((one) => one.status === 0);
}

/** Other pods cannot reach Redis. That the tiers can reach each other is shown by the other points. */
export async function policiesHold(bed: Bed, overlay: string): Promise<string> {
  const closed: string[] = [];
  for (const tier of ["redis-master", "redis-slave"] as const) {
    const { spec } = await bed.get<{ spec: { clusterIP: string } }>([`service/${tier}`, ...inside(overlay)]);
    const pods = (await podsOf(bed, overlay, tier)).map(({ status }) => status.podIP);
    for (const host of [spec.clusterIP, ...pods]) {
      const { status } = await askOne(bed, `tcp://${host}:6379`);
      demand(status === 0, `another pod reaches ${tier} at ${host}:6379`);
      closed.push(`${tier} ${host}`);
    }
  }
  return `no way in to ${closed.length} addresses of Redis`;
}

/** The gate's own rules report an overlay whose policies block a needed connection. */
export async function policiesByRule(bed: Bed): Promise<string> {
  const { code, text } = await bed.gitops(["check", "test/e2e/overlays/cut-off", "-o", "json"]);
  const { findings } = JSON.parse(text) as { findings: { rule: string; severity: string }[] };
  const cut = findings.filter(({ rule }) => rule === "link/network-policy-blocks").length;
  demand(
    code === 1 && cut > 0,
    `link/network-policy-blocks does not report a policy that cuts the frontend off: ${text}`,
  );
  const green = await bed.gitops(["check", "overlays/production"]);
  demand(green.code === 0, green.text);
  return `NOT ENFORCED by this cluster; link/network-policy-blocks: ${cut} findings for a blocking policy, 0 in production`;
}
