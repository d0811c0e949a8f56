import { isObject, type Json, type JsonObject, listAt, stringAt } from "../../../core/json.ts";
import { nearest } from "../../../core/nearest.ts";
import type { Demands, Wrong } from "./demand.ts";

/** What the Prometheus operator rejects: it logs an error and leaves the whole object out of the configuration. */
export const ofPrometheus: Demands = {
  "PrometheusRule.monitoring.coreos.com": [{ path: "spec/groups/*/rules/*", judge: wrongRule }],
  "AlertmanagerConfig.monitoring.coreos.com": [{ path: "spec/route", judge: wrongRoute }],
  "Probe.monitoring.coreos.com": [{ path: "spec/prober/url", judge: wrongProber }],
};

/** `Rule.Validate` in github.com/prometheus/prometheus/model/rulefmt. */
function wrongRule(rule: Json): Wrong | undefined {
  if (!isObject(rule)) return undefined;
  const { record, alert } = rule;
  if (record && alert)
    return {
      at: "/record",
      does: `has a rule with both alert ${alert} and record ${record}`,
      help: "Make it two rules.",
    };
  if (!record && !alert)
    return { does: "has a rule with neither alert nor record", help: "Name what the rule raises or records." };
  const extra = record ? ["annotations", "for", "keep_firing_for"].find((field) => rule[field]) : undefined;
  if (extra !== undefined)
    return { at: `/${extra}`, does: `records ${record} with ${extra}`, help: `Only alerts have ${extra}.` };
  if (typeof record !== "string" || /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(record)) return undefined;
  return {
    at: "/record",
    does: `records ${record}, which is not a valid name for Prometheus 2, and needs quotes in each query of version 3`,
    help: "Use letters, digits, _ and :, and begin with a letter.",
    // Since version 3, names may contain any characters, but braces.
    ...(!/[{}]/.test(record) && { severity: "warning" }),
  };
}

/** `checkRoute` in pkg/alertmanager/validation of the operator: a route without a receiver has that of its parent. */
function wrongRoute(route: Json, spec: JsonObject): Wrong | undefined {
  if (!isObject(route)) return undefined;
  const names = listAt(spec, "receivers").flatMap((one) => (isObject(one) ? (stringAt(one, "name") ?? "") : []));
  const receiver = stringAt(route, "receiver");
  if (receiver && !names.includes(receiver)) {
    const near = nearest(receiver, names);
    const help = near === undefined ? `Its receivers: ${names.join(", ") || "none"}.` : `Did you mean ${near}?`;
    return { at: "/receiver", does: `routes alerts to receiver ${receiver}, which it does not have`, help };
  }
  for (const [index, inner] of listAt(route, "routes").entries()) {
    const wrong = wrongRoute(inner, spec);
    if (wrong !== undefined) return { ...wrong, at: `/routes/${index}${wrong.at}` };
  }
  return undefined;
}

/** `validateProberURL`. */
function wrongProber(url: Json): Wrong | undefined {
  const [, scheme] = /^(\w+):\/\//.exec(String(url)) ?? [];
  if (scheme === undefined) return undefined;
  return {
    does: `has the prober ${url}, which must be a host without a scheme`,
    help: `Write ${String(url).slice(scheme.length + 3)}, and set prober.scheme and prober.path if needed.`,
  };
}
