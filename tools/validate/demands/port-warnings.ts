import { isObject, type Json } from "../../core/json.ts";
import { checkOf, from, onObject } from "../../vocabulary/demand.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { numberOf, textOf } from "../../vocabulary/text.ts";

interface Port {
  readonly path: readonly (string | number)[];
  readonly name: string;
  /** The container port and the protocol: `80/TCP`. */
  readonly inside: string;
  readonly hostPort: number;
  readonly hostIp: string;
}

/**
 * The ports of all containers in the order of the API server's checks. With hostNetwork, a missing hostPort of a Pod
 * defaults to containerPort (`defaultHostNetworkPorts`).
 */
function portsOf(spec: Json | undefined, at: Place): Port[] {
  if (!isObject(spec)) return [];
  const onNode = at.kind === "Pod" && spec.hostNetwork === true;
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
    elements(spec[list]).flatMap((container, index) =>
      elements(isObject(container) ? container.ports : undefined).map((port, position) =>
        portAt([list, index, "ports", position], port, onNode),
      ),
    ),
  );
}

function elements(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}

function portAt(path: readonly (string | number)[], value: Json, onNode: boolean): Port {
  const port = isObject(value) ? value : {};
  return {
    path,
    name: textOf(port.name),
    inside: `${numberOf(port.containerPort)}/${textOf(port.protocol) || "TCP"}`,
    hostPort:
      numberOf(port.hostPort) || (onNode && path[0] !== "ephemeralContainers" ? numberOf(port.containerPort) : 0),
    hostIp: textOf(port.hostIP),
  };
}

const nameOf = ({ path }: Port) => `${path[0]}[${path[1]}].ports[${path[3]}]`;

/** How two ports with the same number conflict; undefined if they do not. */
function conflict(one: Port, other: Port): string | undefined {
  if (one.hostIp === other.hostIp && one.hostPort === other.hostPort) return "is the same port as";
  if (one.hostPort === 0 || other.hostPort === 0) return "overlaps with";
  const isAmbiguous = one.hostPort === other.hostPort && (one.hostIp === "") !== (other.hostIp === "");
  return isAmbiguous ? "is ambiguous together with" : undefined;
}

function numbers(ports: readonly Port[], at: Place): void {
  ports.forEach((port, index) => {
    if (port.hostIp !== "" && port.hostPort === 0)
      at.beneath(port.path, () => at.warn("has a hostIP but no hostPort", "Add hostPort or remove hostIP."));
    for (const other of ports.slice(0, index)) {
      const says = other.inside === port.inside ? conflict(port, other) : undefined;
      if (says !== undefined)
        at.beneath(port.path, () => at.warn(`${says} ${nameOf(other)}`, "Remove one of the two."));
    }
  });
}

/** Services and probes that name a port use the first port with that name. */
const names = checkOf(
  from("1.33", (spec, at) => {
    const seen = new Map<string, Port>();
    for (const port of portsOf(spec, at)) {
      const other = seen.get(port.name);
      if (isUnset(port.name)) continue;
      if (other === undefined) seen.set(port.name, port);
      else
        at.beneath(port.path, () =>
          at.warn(`has the name ${port.name}, like ${nameOf(other)}`, "Give each port its own name."),
        );
    }
  }),
);

/** Warns about ports of a pod's containers that share a number or a name. */
export const portWarnings: Check = onObject((spec, at) => {
  const ports = portsOf(spec, at);
  if (ports.length === 0) return;
  numbers(ports, at);
  if (ports.length > 1) names(spec, at);
});
