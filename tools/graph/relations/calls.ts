import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { blocksOf } from "../../rules/lib/blocks.ts";
import { callsIn, type ResolvedCall } from "../../rules/lib/calls.ts";
import { runningIn } from "../../rules/lib/containers.ts";
import { commandWords } from "../../rules/lib/contracts.ts";
import { environmentOf } from "../../rules/lib/environment.ts";
import { addressOf } from "../../rules/lib/hosts.ts";
import { indexOf } from "../../rules/lib/target.ts";
import type { End, Link } from "../link.ts";

/**
 * The Services that pods call: according to the contracts of their images, and, since not every image has one, according to
 * the addresses of the target's own Services in their variables and arguments.
 */
export function* calls(context: TargetContext): Generator<Link> {
  for (const call of callsIn(context)) yield linkOf(call, context);
  for (const { resource } of indexOf(context).workloads) {
    for (const { text, name } of textsOf(resource, context)) {
      for (const { service, port } of servicesIn(text, name, resource, context))
        yield { from: resource, to: service, relation: "calls", detail: port };
    }
  }
}

function linkOf(call: ResolvedCall, context: TargetContext): Link {
  const { consumer, service, name, port, isMissing } = call;
  const from = consumer.workload.resource;
  const state = isMissing ? ("missing" as const) : ("elsewhere" as const);
  const to: End = service ?? { kind: "Service", namespace: from.namespace, name, state };
  const [block] = blocksOf(call, context);
  return { from, to, relation: "calls", detail: String(port), problem: block?.message };
}

/** A text that is passed to a container, and the name of its variable; empty for an argument. */
interface Passed {
  readonly text: string;
  readonly name: string;
}

function textsOf(resource: Resource, context: TargetContext): Passed[] {
  return runningIn(resource).flatMap((container) => [
    ...commandWords(container).map(({ word }) => ({ text: word, name: "" })),
    ...[...environmentOf(container, resource.namespace, context).variables.values()].flatMap(({ name, value }) =>
      value === undefined ? [] : [{ text: value, name }],
    ),
  ]);
}

/** A host, and the port after it. */
const hosts = /(\/\/|@|)\b([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?/g;
const longest = 4096;

/**
 * The Services of the target whose addresses are in a text. The name of a Service is only an address with a port
 * (`cart:7070`), in a URL, in the cluster domain (`cart.shop.svc`), or as the whole value of a variable for addresses
 * (`CART_HOST`).
 */
function servicesIn(text: string, name: string, { namespace }: Resource, context: TargetContext) {
  const isAll = /(?:HOST|ADDR|ADDRESS|SERVER|SERVICE|ENDPOINT|URL|URI)S?$/i.test(name) && /^[a-z0-9.-]+$/.test(text);
  return [...text.slice(0, longest).matchAll(hosts)].flatMap(([, before, host = "", port]) => {
    if (!isAll && !before && port === undefined && !/\.svc(?:\.|$)/.test(host)) return [];
    const address = addressOf(host, namespace, context);
    const service = address && indexOf(context).find("Service", address.namespace, address.name);
    return service === undefined ? [] : [{ service, port }];
  });
}
