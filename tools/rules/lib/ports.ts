import { isObject, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Container, containersOf, type Pod, runsOn } from "../../core/pod.ts";

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
}

/** The ports that a container declares. */
export const portsOf = once(({ object }: Container): readonly ContainerPort[] =>
  listAt(object, "ports").flatMap((port) => {
    if (!isObject(port)) return [];
    return [
      {
        name: stringAt(port, "name") ?? "",
        number: Number(port.containerPort),
        protocol: stringAt(port, "protocol") ?? "TCP",
      },
    ];
  }),
);

/** The ports of the containers that run as long as the pod does. */
export const podPorts = once((pod: Pod): readonly ContainerPort[] => containersOf(pod).filter(runsOn).flatMap(portsOf));

/** The name or number of the pod port that a port of a Service sends to. */
export function targetPortOf({ port, targetPort }: JsonObject): string | number {
  if (typeof targetPort === "string" || typeof targetPort === "number") return targetPort;
  return Number(port);
}

/** `http (8080), dns (5353 UDP)`, for messages that list the available ports. */
export function portWords(ports: readonly ContainerPort[]): string {
  return [...new Set(ports.map(inWords))].sort().join(", ");
}

function inWords({ name, number, protocol }: ContainerPort): string {
  const what = [...(Number.isNaN(number) ? [] : [number]), ...(protocol === "TCP" ? [] : [protocol])].join(" ");
  if (name === "") return what || "one set by a variable";
  return what === "" ? name : `${name} (${what})`;
}
