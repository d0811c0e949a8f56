import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { callsIn } from "../lib/calls.ts";
import { hookAnnotation, isBefore, syncOrderOf, wave } from "../lib/sync/sync-order.ts";

/** A container's environment is set once, when it starts. */
export const envOrder = definePolicy({
  id: "discovery/env-order",
  severity: "error",
  why: "A pod gets variables only for the Services that exist when it starts. A pod that is applied before its Service never gets them. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
  fix: "Apply Services first: list them before their consumers, and for Argo CD give them no later wave.",
  *checkTarget(context): Generator<Violation> {
    const order = new Map(context.resources.map((resource, index) => [resource, index]));
    const reported = new Set<Resource>();
    for (const { consumer, by, name, service } of callsIn(context)) {
      const { resource } = consumer.workload;
      if (by !== "variable" || service === undefined || reported.has(resource)) continue;
      const what = `${resource.kind} ${resource.name} reads ${name}, but is applied before Service ${service.name}`;
      const [own, other] = [syncOrderOf(resource), syncOrderOf(service)];
      if (isBefore(own, other)) {
        reported.add(resource);
        const pointer = `/metadata/annotations/${(own.phase === other.phase ? wave : hookAnnotation).replace("/", "~1")}`;
        yield { resource, pointer, message: `${what} by Argo CD` };
      } else if (before(resource, service, order)) {
        reported.add(resource);
        const isLater = own.phase > other.phase || own.waveAnnotation > other.waveAnnotation;
        yield { resource, pointer: "", message: isLater ? `${what} by everything but Argo CD` : what };
      }
    }
  },
});

function before(one: Resource, other: Resource, order: ReadonlyMap<Resource, number>): boolean {
  return (order.get(one) ?? 0) < (order.get(other) ?? 0);
}
