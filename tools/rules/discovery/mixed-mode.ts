import { groupBy } from "../../core/group.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { callsIn, modeOf } from "../lib/calls.ts";
import { type Consumer, consumersOf } from "../lib/contracts.ts";
import { environmentOf } from "../lib/environment.ts";

export const mixedMode = definePolicy({
  id: "discovery/mixed-mode",
  severity: "warning",
  why: "If some tiers find their peers by DNS and others by variables, both the order in which Services are created and the names in DNS matter, and each breaks a different half of the application. https://kubernetes.io/docs/concepts/services-networking/service/#discovering-services",
  fix: "Use the same mode in every tier.",
  *checkTarget(context): Generator<Violation> {
    const modes = consumersOf(context).flatMap((consumer) => {
      const environment = environmentOf(consumer.container, consumer.workload.resource.namespace, context);
      const mode = modeOf(consumer, environment);
      return mode !== undefined && (mode.isSet || chooses(consumer)) ? [{ consumer, ...mode }] : [];
    });
    for (const one of modes) yield* judgeValue(one.consumer, one.value, one.pointer);
    for (const call of callsIn(context)) {
      const mode = modes.find(({ consumer }) => consumer === call.consumer);
      const { contract, container } = call.consumer;
      const means = call.by === "name" ? contract.mode?.dns : contract.mode?.env;
      if (!mode?.isSet || mode.value === means || mode.pointer === call.pointer) continue;
      const message = `${container.name} finds ${call.name} by ${call.by === "name" ? "DNS" : "its environment"}, but ${contract.mode?.variable} is ${mode.value}`;
      yield { resource: call.consumer.workload.resource, pointer: call.pointer, message };
    }
    for (const group of groupBy(modes, ({ consumer }) => namespaceOf(consumer)).values()) {
      const odd = group.filter(({ value, consumer }) => value === consumer.contract.mode?.env);
      const others = group.length - odd.length;
      if (odd.length === 0 || others === 0) continue;
      const fewer = odd.length <= others ? odd : group.filter((one) => !odd.includes(one));
      for (const { consumer, value, pointer } of fewer) {
        const { resource } = consumer.workload;
        const message = `${consumer.container.name} of ${resource.kind} ${resource.name} finds its peers by ${value}, but the other tiers do not`;
        yield { resource, pointer, message };
      }
    }
  },
});

/** Whether the program can call its peers by name or by variable, depending on the mode. */
function chooses({ contract }: Consumer): boolean {
  return (contract.calls ?? []).some(({ host, variable }) => host !== undefined && variable !== undefined);
}

function namespaceOf({ workload }: Consumer): string {
  return workload.resource.namespace ?? "";
}

function* judgeValue(
  { contract, workload, container }: Consumer,
  value: string,
  pointer: string,
): Generator<Violation> {
  const { mode } = contract;
  if (mode === undefined || value === mode.dns || value === mode.env) return;
  yield {
    resource: workload.resource,
    pointer,
    message: `${mode.variable} of ${container.name} is ${JSON.stringify(value)}; the image supports ${mode.dns} and ${mode.env}`,
  };
}
