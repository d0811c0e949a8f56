import { setTimeout as sleep } from "node:timers/promises";
import { type Entrance, entranceOf, type Route, routesTo, typeOf, urlOf } from "../../cluster/address.ts";
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

/**
 * The URL that answers from here, by a load balancer or a port of a node; undefined where none does.
 *
 * @param onWait is told once, when it takes a load balancer to wait for.
 */
export async function openUrl(
  place: Entrance,
  { kubectl, local }: Connection,
  onWait: () => void,
): Promise<string | undefined> {
  const all = await nodes(kubectl);
  // On one's own machine there is mostly nothing that makes a load balancer.
  const isBalanced = typeOf(place.service.object) === "LoadBalancer" && !local;
  for (let round = 0; round < (isBalanced ? rounds.loadBalancer : rounds.nodePort); round++) {
    const routes = routesTo(round === 0 ? place : await again(place, kubectl), all, kubectl.context).slice(0, 16);
    if (routes.length === 0 && !isBalanced) return undefined;
    const route = await firstThatAnswers(routes);
    if (route !== undefined) return urlOf(route.host, route.port, place.secure);
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

async function firstThatAnswers(routes: readonly Route[]): Promise<Route | undefined> {
  const tried = await Promise.all(routes.map(({ host, port }) => answers(host, port, patience)));
  return routes[tried.indexOf(true)];
}

/** None where one may not list them. */
async function nodes({ run }: Kubectl): Promise<Resource[]> {
  return objectsIn(await run(["get", "nodes", "-o", "json"]));
}

/** The words behind `kubectl` that make a bridge to a Service. @param local 0 is any port */
export function forwardArgs({ service, port }: Entrance, local: number): string[] {
  return [
    "port-forward",
    "--namespace",
    service.namespace ?? "default",
    `service/${service.name}`,
    `${local || ""}:${port}`,
  ];
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
