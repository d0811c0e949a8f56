import { setTimeout as sleep } from "node:timers/promises";
import { type Entrance, entranceOf, type Route, routesTo, urlOf } from "../../cluster/address.ts";
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

const patience = 2000;
const rounds = 3;

/** The URL that answers from here, by a load balancer or a port of a node; undefined where none does. */
export async function openUrl(place: Entrance, { kubectl }: Connection): Promise<string | undefined> {
  const routes = routesTo(place, await nodes(kubectl), kubectl.context).slice(0, 16);
  // A port of a node answers a moment after its endpoints are there.
  for (let round = 0; round < rounds && routes.length > 0; round++) {
    if (round > 0) await sleep(1000);
    const route = await firstThatAnswers(routes);
    if (route !== undefined) return urlOf(route.host, route.port, place.secure);
  }
  return undefined;
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
