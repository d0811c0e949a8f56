import { type Bed, demand, program } from "../bed.ts";
import { dataOf } from "../points/guestbook.ts";
import { inside } from "../points/pods.ts";
import { askOne } from "../visitor.ts";
import { plain } from "./plain.ts";
import type { Story } from "./story.ts";

export const nodeport: Story = (bed, steps) => exposed("nodeport", bed, steps);

/** Also works without a load balancer: the Service has a port on every node. */
export const loadbalancer: Story = (bed, steps) => exposed("loadbalancer", bed, steps);

export const gce: Story = (bed, steps) =>
  exposed("gce", bed, steps, async () => {
    await steps("the firewall's dry run prints the document's command", firewall);
  });

async function exposed(
  overlay: string,
  bed: Bed,
  steps: Parameters<Story>[1],
  more: () => Promise<void> = async () => {},
): Promise<void> {
  await plain(overlay, "dns", bed, steps, async (url) => {
    await steps("its node port answers inside the cluster", () => nodePortAnswers(bed, overlay));
    await steps("the address that up prints answers from here", () => answersHere(url));
    await more();
  });
}

interface Node {
  readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
}

async function nodePortAnswers(bed: Bed, overlay: string): Promise<string> {
  const service = await bed.get<{ spec: { ports: { nodePort: number }[] } }>(["service/frontend", ...inside(overlay)]);
  const { items } = await bed.get<{ items: Node[] }>(["nodes"]);
  const hosts = items.flatMap(({ status }) => status.addresses.filter(({ type }) => type === "InternalIP"));
  const port = service.spec.ports[0]?.nodePort;
  for (const { address } of hosts) {
    const answer = await askOne(bed, `http://${address}:${port}/guestbook.php?cmd=get&key=e2e-urls`);
    demand(answer.status === 200 && typeof dataOf(answer).data === "string", `${address}:${port}: ${answer.body}`);
  }
  return `port ${port} of ${hosts.length} node${hosts.length === 1 ? "" : "s"}`;
}

/** Nodes in a virtual machine or a cloud may be unreachable from here: then `up` prints another way. */
async function answersHere(url: string | undefined): Promise<string> {
  if (url === undefined) return "no node can be reached from here: up prints a port-forward command instead";
  const answer = await fetch(`${url}guestbook.php?cmd=get&key=e2e-urls`, { signal: AbortSignal.timeout(10_000) });
  demand(answer.status === 200, `${url}: ${answer.status}`);
  return url;
}

async function firewall(): Promise<string> {
  const { code, text } = await program("node", ["dist/gce-firewall.js", "create", "--dry-run"]);
  const words = "gcloud compute firewall-rules create --allow=tcp:80 --target-tags=kubernetes-node kubernetes-node-80";
  demand(code === 0 && text.trim() === words, `it prints ${text}`);
  return words;
}
