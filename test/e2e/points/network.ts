import { type Bed, demand } from "../bed.ts";
import { ask, askOne, namespace } from "../visitor.ts";
import { inside, podsOf } from "./pods.ts";

/** Whether the cluster enforces NetworkPolicy at all: one of its own keeps everybody from a pod that otherwise answers. */
export async function policiesAreEnforced(bed: Bed): Promise<boolean> {
  const { status } = await bed.get<{ status: { podIP: string } }>(["pod/nobodys", "--namespace", namespace]);
  const answers = await ask(
    bed,
    Array.from({ length: 3 }, () => ({ url: `tcp://${status.podIP}:8080` })),
  );
  return answers.every((one) => one.status === 0);
}

/** Strangers reach the frontend, and neither Redis. That the tiers reach each other, all other points have shown. */
export async function policiesHold(bed: Bed, overlay: string): Promise<string> {
  const closed: string[] = [];
  for (const tier of ["redis-master", "redis-slave"] as const) {
    const { spec } = await bed.get<{ spec: { clusterIP: string } }>([`service/${tier}`, ...inside(overlay)]);
    const pods = (await podsOf(bed, overlay, tier)).map(({ status }) => status.podIP);
    for (const host of [spec.clusterIP, ...pods]) {
      const { status } = await askOne(bed, `tcp://${host}:6379`);
      demand(status === 0, `a stranger reaches ${tier} at ${host}:6379`);
      closed.push(`${tier} ${host}`);
    }
  }
  return `no way in to ${closed.length} addresses of Redis`;
}

/** The gate's own rules about policies, on an overlay whose policies cut a connection that is needed. */
export async function policiesByRule(bed: Bed): Promise<string> {
  const { code, text } = await bed.gitops(["check", "test/e2e/overlays/cut-off", "-o", "json"]);
  const { findings } = JSON.parse(text) as { findings: { rule: string; severity: string }[] };
  const cut = findings.filter(({ rule }) => rule === "link/network-policy-blocks").length;
  demand(
    code === 1 && cut > 0,
    `link/network-policy-blocks does not find a policy that cuts the frontend off: ${text}`,
  );
  const green = await bed.gitops(["check", "overlays/production"]);
  demand(green.code === 0, green.text);
  return `NOT ENFORCED by this cluster, so not seen for real; link/network-policy-blocks: ${cut} where they cut, 0 in production`;
}
