import { setTimeout as sleep } from "node:timers/promises";
import { type Entrance, entranceOf, routesTo, typeOf, urlOf } from "../../cluster/address.ts";
import { type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import type { Health } from "../../cluster/tiers.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { visible } from "../../report/style.ts";
import { answers, isFree } from "../../system/network.ts";
import type { Connection } from "./connect.ts";

/** The entrance for visitors; undefined if no Service is meant for them. */
export function entrance({ fronts }: Health): Entrance | undefined {
  return entranceOf(fronts.map(({ live }) => live).filter((live) => live !== undefined));
}

/** Milliseconds. */
const patience = 2000;
const interval = 1000;
/** A node port answers shortly after its endpoints exist, a cloud load balancer minutes later. */
const rounds = { nodePort: 3, loadBalancer: 120 };

/** A URL that answers from this machine, through a load balancer or a node port; undefined if there is none. */
export async function answeringUrl(place: Entrance, kubectl: Kubectl): Promise<string | undefined> {
  if (typeOf(place.service.object) === "ClusterIP") return undefined;
  const routes = routesTo(place, await nodes(kubectl), kubectl.context).slice(0, 16);
  const tried = await Promise.all(routes.map(({ host, port }) => answers(host, port, patience)));
  const route = routes[tried.indexOf(true)];
  return route && urlOf(route.host, route.port, place.secure);
}

/**
 * Like {@link answeringUrl}, but waits for a Service that has just come up.
 *
 * @param onWait called once if it waits for a load balancer
 */
export async function openUrl(
  place: Entrance,
  { kubectl, local }: Connection,
  onWait: () => void,
): Promise<string | undefined> {
  const type = typeOf(place.service.object);
  // Local clusters mostly have no load balancers.
  const isBalanced = type === "LoadBalancer" && !local;
  for (let round = 0; round < (isBalanced ? rounds.loadBalancer : rounds.nodePort); round++) {
    const url = await answeringUrl(round === 0 ? place : await again(place, kubectl), kubectl);
    if (url !== undefined || type === "ClusterIP") return url;
    if (isBalanced && round === 1) onWait();
    await sleep(interval);
  }
  return undefined;
}

/** The entrance with the current Service, whose load balancer may have an address by now. */
async function again(place: Entrance, { run }: Kubectl): Promise<Entrance> {
  const { name, namespace } = place.service;
  const where = ["--namespace", namespace ?? "default"];
  const [service] = objectsIn(await run(["get", `service/${name}`, ...where, "-o", "json"]));
  return { ...place, service: service ?? place.service };
}

/** The nodes; none without permission to list them. */
async function nodes({ run }: Kubectl): Promise<Resource[]> {
  return objectsIn(await run(["get", "nodes", "-o", "json"]));
}

/** The kubectl arguments for a port-forward to a Service. @param local the local port; 0 means any port */
function forwardArgs({ service, port }: Entrance, local: number): string[] {
  const where = ["--namespace", service.namespace ?? "default"];
  return ["port-forward", ...where, `service/${service.name}`, `${local || ""}:${port}`];
}

/** How to reach a Service that has no address of its own. */
export function reachedBy(place: Entrance, { context }: Kubectl): string {
  return visible(`reach it with: ${["kubectl", "--context", context, ...forwardArgs(place, usual)].join(" ")}`);
}

const usual = 8080;
const attempts = 5;

/**
 * Keeps a port-forward to a Service open. kubectl's ends together with the pod that it leads to; it is then restarted on the same
 * port.
 *
 * @param asked the local port; by default 8080, or any other port if that is in use
 * @param onOpen called with the URL each time it opens
 * @returns never
 * @throws UserError if it cannot be opened
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
    `kubectl port-forward to Service ${place.service.name} does not stay open:\n${visible(complaint)}`,
  );
}
