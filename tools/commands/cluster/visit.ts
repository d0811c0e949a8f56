import { setTimeout as sleep } from "node:timers/promises";
import { type Entrance, entranceOf, routesTo, typeOf, urlOf } from "../../cluster/address.ts";
import { type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import type { Health } from "../../cluster/tiers.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { visible } from "../../report/style.ts";
import { answers, isFree } from "../../system/network.ts";
import type { Connection } from "./connect.ts";

/** Where visitors come in; undefined where no Service is meant for them. */
export function entrance({ fronts }: Health): Entrance | undefined {
  return entranceOf(fronts.map(({ live }) => live).filter((live) => live !== undefined));
}

/** Milliseconds. */
const patience = 2000;
const interval = 1000;
/** A port of a node answers a moment after its endpoints are there, a load balancer of a cloud minutes later. */
const rounds = { nodePort: 3, loadBalancer: 120 };

/** The URL that answers from here, by a load balancer or a port of a node; undefined where none does. */
export async function answeringUrl(place: Entrance, kubectl: Kubectl): Promise<string | undefined> {
  if (typeOf(place.service.object) === "ClusterIP") return undefined;
  const routes = routesTo(place, await nodes(kubectl), kubectl.context).slice(0, 16);
  const tried = await Promise.all(routes.map(({ host, port }) => answers(host, port, patience)));
  const route = routes[tried.indexOf(true)];
  return route && urlOf(route.host, route.port, place.secure);
}

/**
 * As {@link answeringUrl}, of what has just come up.
 *
 * @param onWait is told once, when it takes a load balancer to wait for.
 */
export async function openUrl(
  place: Entrance,
  { kubectl, local }: Connection,
  onWait: () => void,
): Promise<string | undefined> {
  const type = typeOf(place.service.object);
  // On one's own machine there is mostly nothing that makes a load balancer.
  const isBalanced = type === "LoadBalancer" && !local;
  for (let round = 0; round < (isBalanced ? rounds.loadBalancer : rounds.nodePort); round++) {
    const url = await answeringUrl(round === 0 ? place : await again(place, kubectl), kubectl);
    if (url !== undefined || type === "ClusterIP") return url;
    if (isBalanced && round === 1) onWait();
    await sleep(interval);
  }
  return undefined;
}

/** The Service as it is by now: its load balancer gets its address some time. */
async function again(place: Entrance, { run }: Kubectl): Promise<Entrance> {
  const { name, namespace } = place.service;
  const where = ["--namespace", namespace ?? "default"];
  const [service] = objectsIn(await run(["get", `service/${name}`, ...where, "-o", "json"]));
  return { ...place, service: service ?? place.service };
}

/** None where one may not list them. */
async function nodes({ run }: Kubectl): Promise<Resource[]> {
  return objectsIn(await run(["get", "nodes", "-o", "json"]));
}

/** The words behind `kubectl` that make a bridge to a Service. @param local 0 is any port */
function forwardArgs({ service, port }: Entrance, local: number): string[] {
  const where = ["--namespace", service.namespace ?? "default"];
  return ["port-forward", ...where, `service/${service.name}`, `${local || ""}:${port}`];
}

/** How one reaches by oneself what has no address of its own. */
export function reachedBy(place: Entrance, { context }: Kubectl): string {
  return visible(`reached by: ${["kubectl", "--context", context, ...forwardArgs(place, usual)].join(" ")}`);
}

const usual = 8080;
const attempts = 5;

/**
 * Keeps a bridge to a Service open. kubectl's ends with the pod that it leads to: then it is built again, at the same port.
 *
 * @param asked the port of this machine; undefined: 8080, or any other where that is taken.
 * @param onOpen is told the URL, each time.
 * @returns never, but throws a UserError when it cannot be built.
 */
export async function keepForward(
  place: Entrance,
  kubectl: Kubectl,
  asked: number | undefined,
  onOpen: (url: string) => void,
): Promise<never> {
  let local = asked ?? ((await isFree(usual)) ? usual : 0);
  let complaint = "";
  for (let failures = 0; failures < attempts; failures++) {
    const { ended } = kubectl.stream(forwardArgs(place, local), {
      onLine: (line) => {
        const port = /^Forwarding from 127\.0\.0\.1:(\d+) /.exec(line)?.[1];
        if (port === undefined) return;
        local = Number(port);
        failures = 0;
        onOpen(urlOf("localhost", local, place.secure));
      },
      onError: (line) => {
        complaint = line;
      },
    });
    await ended;
    await sleep(1000);
  }
  throw new UserError(
    `kubectl port-forward to the Service ${place.service.name} does not stay open:\n${visible(complaint)}`,
  );
}
