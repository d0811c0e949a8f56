import type { Call } from "../../core/contract.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { type Consumer, commandWords, consumersOf } from "./contracts.ts";
import { type Environment, environmentOf, serviceVariable } from "./environment.ts";
import { addressOf } from "./hosts.ts";
import { isProvided } from "./provided.ts";
import { idOf, indexOf, mayBeSameNamespace, perTarget, type Workload } from "./target.ts";

/** A call of a container, by the contract of its image and its environment. */
export interface ResolvedCall {
  readonly consumer: Consumer;
  readonly workload: Workload;
  /** How it finds the host: by a DNS name, or by a variable that the kubelet sets. */
  readonly by: "name" | "variable";
  /** The host or the variable. */
  readonly name: string;
  readonly port: number;
  /** The field of the consumer's resource that determines the call. */
  readonly pointer: string;
  /** The Service, if the target renders it. */
  readonly service: Resource | undefined;
  readonly isMissing: boolean;
}

/** Every call in a target that contracts describe. */
export const callsIn = perTarget<readonly ResolvedCall[]>((context) =>
  [...consumersOf(context)].sort(byIdentity).flatMap((consumer) => {
    const { workload, container, contract } = consumer;
    const environment = environmentOf(container, workload.resource.namespace, context);
    return (contract.calls ?? []).flatMap((call) => resolved(call, consumer, environment, context));
  }),
);

function byIdentity(one: Consumer, other: Consumer): number {
  const [a, b] = [one, other].map(({ workload, container }) => `${idOf(workload.resource)}/${container.name}`);
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

/** How a consumer finds its peers, and the field that sets it; undefined if it has no such option, or the value is unknown. */
export function modeOf({ container, contract }: Consumer, { variables, isOpen }: Environment) {
  if (contract.mode === undefined) return undefined;
  const set = variables.get(contract.mode.variable);
  if (set === undefined)
    return isOpen ? undefined : { value: contract.mode.dns, pointer: `${container.pointer}/image`, isSet: false };
  return set.value === undefined ? undefined : { value: set.value, pointer: set.pointer, isSet: true };
}

function resolved(call: Call, consumer: Consumer, environment: Environment, context: TargetContext): ResolvedCall[] {
  if (call.argument !== undefined) return byArgument(call.argument, call, consumer, environment, context);
  if (consumer.container.object.command !== undefined) return [];
  const mode = modeOf(consumer, environment);
  if (consumer.contract.mode !== undefined && mode === undefined) return [];
  const pointer = mode?.pointer ?? `${consumer.container.pointer}/image`;
  const isEnv = consumer.contract.mode !== undefined && mode?.value === consumer.contract.mode.env;
  if (call.variable !== undefined && (isEnv || call.host === undefined))
    return byVariable(call.variable, call.port, pointer, consumer, environment, context);
  return call.host === undefined ? [] : byName(call.host, call.port, pointer, consumer, context);
}

/** `--replicaof HOST PORT`, `--replicaof=HOST`, or the same in a shell command. */
function byArgument(
  argument: string,
  { port }: Call,
  consumer: Consumer,
  environment: Environment,
  context: TargetContext,
): ResolvedCall[] {
  const words = commandWords(consumer.container).flatMap(({ word, pointer }) =>
    word.split(/\s+/).map((part) => ({ word: part.replace(/^["']|["']$/g, ""), pointer })),
  );
  const at = words.findIndex(({ word }) => word === argument || word.startsWith(`${argument}=`));
  if (at < 0) return [];
  const isJoined = words[at]?.word !== argument;
  const host = isJoined ? words[at]?.word.slice(argument.length + 1) : words[at + 1]?.word;
  const pointer = consumer.container.pointer + (words[isJoined ? at : at + 1]?.pointer ?? "");
  const next = words[at + 2]?.word ?? "";
  const called = !isJoined && /^\d{1,5}$/.test(next) ? Number(next) : port;
  return host === undefined ? [] : byText(host, called, pointer, consumer, environment, context);
}

/** A reference to a variable, as the kubelet and shells write it. */
const expansion = /^\$(?:\(([\w.-]+)\)|\{(\w+)\}|(\w+))$/;

function byText(
  text: string,
  port: number,
  pointer: string,
  consumer: Consumer,
  environment: Environment,
  context: TargetContext,
): ResolvedCall[] {
  const [, ...names] = expansion.exec(text) ?? [];
  const variable = names.find((name) => name !== undefined);
  if (variable !== undefined) return byVariable(variable, port, pointer, consumer, environment, context);
  return text.includes("$") ? [] : byName(text, port, pointer, consumer, context);
}

function byVariable(
  variable: string,
  port: number,
  pointer: string,
  consumer: Consumer,
  { variables, isOpen }: Environment,
  context: TargetContext,
): ResolvedCall[] {
  const set = variables.get(variable);
  // Variables in the value are not expanded: they are not used for hosts in practice.
  if (set !== undefined) return set.value ? byName(set.value, port, set.pointer, consumer, context) : [];
  const { namespace } = consumer.workload.resource;
  const service = indexOf(context)
    .ofKindIn("Service", namespace)
    .find((one) => serviceVariable(one.name) === variable);
  const isElsewhere = service === undefined && (isOpen || isDeclared(variable, namespace, context));
  return [
    {
      consumer,
      workload: consumer.workload,
      by: "variable",
      name: variable,
      port,
      pointer,
      service,
      isMissing: service === undefined && !isElsewhere,
    },
  ];
}

function isDeclared(variable: string, namespace: string | undefined, { cluster }: TargetContext): boolean {
  return (cluster ?? []).some(
    ({ kind, name, namespace: where }) =>
      kind === "Service" && name && serviceVariable(name) === variable && mayBeSameNamespace(where, namespace),
  );
}

function byName(
  host: string,
  port: number,
  pointer: string,
  consumer: Consumer,
  context: TargetContext,
): ResolvedCall[] {
  const address = addressOf(host, consumer.workload.resource.namespace, context);
  if (address === undefined) return [];
  const named = { kind: "Service", ...address };
  const service = indexOf(context).find("Service", address.namespace, address.name);
  const isMissing = service === undefined && !isProvided(named, context);
  const { workload } = consumer;
  return [{ consumer, workload, by: "name", name: host, port, pointer, service, isMissing }];
}
