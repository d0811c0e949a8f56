import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { gateway, gatewayRoutes } from "../routes.ts";
import type { Demand, Demands, Wrong } from "./demand.ts";

const weights: Demand = { path: "spec/rules/*/backendRefs", judge: withoutWeight };

/** https://gateway-api.sigs.k8s.io/reference/spec/ */
export const ofGateway: Demands = {
  [`Gateway.${gateway}`]: [{ path: "spec/listeners", judge: conflict }],
  ...Object.fromEntries(gatewayRoutes.map((kind) => [`${kind}.${gateway}`, [weights]])),
};

/** Protocols that one port can serve at once; UDP has ports of its own. */
const together: readonly (readonly string[])[] = [["HTTP"], ["HTTPS", "TLS"], ["TCP"]];

/** ProtocolConflict: the listeners of the port are not ready. */
function conflict(listeners: Json): Wrong | undefined {
  const all = (Array.isArray(listeners) ? listeners : []).map((one) => (isObject(one) ? one : {}));
  const groupOf = ({ protocol }: JsonObject) => together.find((group) => group.includes(String(protocol)));
  for (const [index, one] of all.entries()) {
    const other = all.slice(0, index).find(({ port }) => port === one.port);
    const groups = [one, other].map((listener) => listener && groupOf(listener));
    if (groups.includes(undefined) || groups[0] === groups[1]) continue;
    return {
      at: `/${index}/port`,
      does: `has listeners ${other?.name} (${other?.protocol}) and ${one.name} (${one.protocol}) on port ${one.port}`,
      help: "Give each of them its own port.",
    };
  }
  return undefined;
}

/** An HTTPRoute then answers 500. */
function withoutWeight(backends: Json): Wrong | undefined {
  if (!Array.isArray(backends) || backends.length === 0) return undefined;
  if (!backends.every((one) => isObject(one) && one.weight === 0)) return undefined;
  return {
    at: "/0/weight",
    does: "has a rule whose backends all have weight 0: none of them gets requests",
    help: "Give at least one of them a weight.",
    // A program may set the weights.
    severity: "warning",
  };
}
