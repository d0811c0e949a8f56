import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bed, demand, root } from "./bed.ts";

/** The namespace of the visitors, which belongs to no overlay. */
export const namespace = "guestbook-e2e";

/** A request from inside the cluster; with a body it posts a form. `tcp://HOST:PORT` only connects. */
export interface Request {
  readonly url: string;
  readonly body?: Readonly<Record<string, string>>;
}

export interface Answer {
  /** The HTTP status; 0 if there was no complete answer, 1 if a TCP connection was accepted. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Many clients at once; each makes its requests one after the other. */
export interface Load {
  readonly clients: number;
  /** Requests per client; undefined for no limit. */
  readonly each?: number;
  /** A name; `end` with this name stops the load. */
  readonly until?: string;
  readonly way: "read" | "append" | "seed";
  /** URLs of guestbook.php. */
  readonly urls: readonly string[];
  readonly key: string;
  /** Milliseconds between two requests of a client. */
  readonly pause?: number;
}

/** One request of a load. The entry it wrote is `c<client>-<number>`. */
export interface Done {
  readonly entry: string;
  readonly status: number;
  readonly ms: number;
  readonly said: string;
}

/** Creates the pod that visitors run in, and a pod that nobody may reach, which shows whether policies are enforced. */
export async function makeVisitor(bed: Bed): Promise<void> {
  const image = await visitorImage(bed);
  await bed.kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(list(image)));
  await bed.kubectl(["wait", "--for=condition=Ready", "pod", "--all", ...inside, "--timeout=180s"]);
}

/** The repository's own frontend image: it has PHP, and is on the nodes anyway. */
async function visitorImage(bed: Bed): Promise<string> {
  const { text } = await bed.gitops(["render", "overlays/production"]);
  const image = /image: (\S+\/frontend\S*)/.exec(text)?.[1];
  demand(image !== undefined, "overlays/production has no frontend");
  return image;
}

function list(image: string) {
  const php = readFileSync(join(root, "test/e2e/client/visit.php"), "utf8");
  const files = { name: "visit", configMap: { name: "visit" } };
  const visitor = {
    ...{ name: "visitor", image, command: ["sleep", "infinity"] },
    volumeMounts: [{ name: "visit", mountPath: "/visit" }],
  };
  const spec = { terminationGracePeriodSeconds: 1, automountServiceAccountToken: false };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "visit", namespace }, data: { "visit.php": php } },
    pod("visitor", { ...spec, containers: [visitor], volumes: [files] }),
    pod("nobodys", { ...spec, containers: [{ name: "frontend", image }] }),
    {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "nobody", namespace } },
      spec: { podSelector: { matchLabels: { name: "nobodys" } }, policyTypes: ["Ingress"] },
    },
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function pod(name: string, spec: object) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels: { name } }, spec };
}

const inside = ["--namespace", namespace];
const exec = ["exec", ...inside, "--stdin", "visitor", "--"];

/** Makes requests one after the other. @returns one answer per request */
export async function ask(bed: Bed, requests: readonly Request[]): Promise<Answer[]> {
  return JSON.parse(await bed.kubectl([...exec, "php", "/visit/visit.php"], JSON.stringify({ requests })));
}

export async function askOne(bed: Bed, url: string, body?: Request["body"]): Promise<Answer> {
  const [answer] = await ask(bed, [{ url, ...(body && { body }) }]);
  demand(answer !== undefined, `${url}: no answer`);
  return answer;
}

/** Runs a load to its end. @returns the result of each request */
export async function visitMany(bed: Bed, load: Load): Promise<Done[]> {
  const job = load.until === undefined ? load : { ...load, until: flag(load.until) };
  const lines = await bed.kubectl([...exec, "php", "/visit/visit.php"], JSON.stringify(job));
  return lines.split("\n").filter(Boolean).map(doneOf);
}

/** Stops the loads with this `until`. */
export async function end(bed: Bed, name: string): Promise<void> {
  await bed.kubectl([...exec, "touch", flag(name)]);
}

function flag(name: string): string {
  return `/tmp/${name}`;
}

function doneOf(line: string): Done {
  const [client, number, status, ms, ...said] = line.split(" ");
  return { entry: `c${client}-${number}`, status: Number(status), ms: Number(ms), said: said.join(" ") };
}
