import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Container } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { runningIn } from "../lib/containers.ts";
import { listensOn, numbersIn } from "../lib/contracts.ts";
import { handlersOf } from "../lib/handlers.ts";
import { portsOf, portWords, targetPortOf } from "../lib/ports.ts";
import { backendsOf } from "../lib/selection.ts";
import { indexOf, type Workload } from "../lib/target.ts";

/** `FindPort` in k8s.io/kubernetes/pkg/api/v1/pod: a name must match a container port with the same protocol. */
export const targetPort = definePolicy({
  id: "link/target-port",
  severity: "error",
  why: "A Service sends traffic to a port of its pods. If it uses a port name that none of them has, it has no endpoints; if none listens on the port number, every connection is refused. https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
  fix: "Set targetPort to the name or number of a container port of the selected pods.",
  match: { apiVersion: "v1", kind: "Service" },
  *check(service, context): Generator<Violation> {
    const backends = backendsOf(service, context) ?? [];
    const containers = backends.flatMap(({ resource }) => runningIn(resource));
    const spec = objectAt(service.object, "spec");
    if (containers.length === 0) return;
    for (const [index, port] of listAt(spec, "ports").entries()) {
      if (!isObject(port)) continue;
      const wanted = targetPortOf(port);
      const protocol = stringAt(port, "protocol") ?? "TCP";
      if (containers.some((container) => hasPort(container, wanted, protocol, context))) continue;
      // Clients of a headless Service get the addresses of pods, and choose the port themselves.
      if (typeof wanted === "number" && spec?.clusterIP === "None") continue;
      if (typeof wanted === "number" && backends.some((backend) => isMentioned(backend, wanted, context))) continue;
      const names = [...new Set(backends.map(({ resource }) => resource.name))].sort().join(", ");
      const pointer = `/spec/ports/${index}${port.targetPort === undefined ? "/port" : "/targetPort"}`;
      const subject = `Service ${service.name} targets port ${wanted} (${protocol})`;
      const isMild = typeof wanted === "number" && isOneMore(service, containers, context);
      yield {
        pointer,
        ...wordsFor(wanted, protocol, subject, names, containers),
        ...(isMild && { severity: "warning" }),
      };
    }
  },
});

/**
 * Whether the Service also has a port that the pods declare, and nothing is known about their images: whoever knows that port
 * probably knows the others too, and programs listen on more ports than manifests declare.
 */
function isOneMore(service: Resource, containers: readonly Container[], context: TargetContext): boolean {
  const declared = containers.flatMap(portsOf);
  const isDeclared = listAt(objectAt(service.object, "spec"), "ports").some((port) => {
    if (!isObject(port)) return false;
    const [wanted, protocol] = [targetPortOf(port), stringAt(port, "protocol") ?? "TCP"];
    return declared.some((one) => one.protocol === protocol && (one.name === wanted || one.number === wanted));
  });
  return isDeclared && containers.every((container) => listensOn(container, context) === undefined);
}

/** A wrong protocol is only a warning for a number: endpoints use it as given, and declaring a port is optional. */
function wordsFor(
  wanted: string | number,
  protocol: string,
  subject: string,
  names: string,
  containers: readonly Container[],
): Omit<Violation, "pointer"> {
  const ports = containers.flatMap(portsOf);
  const others = ports.filter(({ name, number }) => name === wanted || number === wanted);
  const protocols = [...new Set(others.map((one) => one.protocol))].sort().join(" and ");
  if (others.length === 0) {
    if (ports.length === 0) return { message: `${subject}, which no container of ${names} has` };
    const known = `Their ports: ${portWords(ports)}.`;
    if (typeof wanted === "string") return { message: `${subject}, which no container of ${names} has`, help: known };
    const declare = `If the program does listen on ${wanted}, declare it: { containerPort: ${wanted}${protocol === "TCP" ? "" : `, protocol: ${protocol}`} }.`;
    return { message: `${subject}, which no container of ${names} declares`, help: `${known} ${declare}` };
  }
  const message = `${subject}, which containers of ${names} only have for ${protocols}`;
  const number = others[0]?.number;
  return typeof wanted === "number"
    ? {
        message,
        help: `Correct the protocol; if the program does listen on ${protocol}, declare it: { containerPort: ${number}, protocol: ${protocol} }.`,
        severity: "warning",
      }
    : { message, help: "Correct the protocol of the Service port or of the container port: both must be the same." };
}

/**
 * Whether arguments, probes, annotations or settings contain the port: a program may listen on more ports than it declares.
 */
function isMentioned({ resource, pod }: Workload, port: number, context: TargetContext): boolean {
  const open = runningIn(resource).filter((one) => listensOn(one, context) === undefined);
  if (open.some((one) => numbersIn(one).has(port) || handlersOf(one).some(({ object }) => object.port === port)))
    return true;
  if (open.length > 0 && Object.values(pod.annotations).includes(String(port))) return true;
  const pattern = new RegExp(`(?<!\\d)${port}(?!\\d)`);
  return listAt(pod.spec, "volumes").some((volume) => {
    const name = isObject(volume) ? stringAt(objectAt(volume, "configMap"), "name") : undefined;
    const found = name === undefined ? undefined : indexOf(context).find("ConfigMap", resource.namespace, name);
    return Object.values(objectAt(found?.object, "data") ?? {}).some(
      (text) => typeof text === "string" && pattern.test(text),
    );
  });
}

/** A container that declares no ports may listen on any port number, unless its contract lists its ports. */
function hasPort(container: Container, wanted: string | number, protocol: string, context: TargetContext): boolean {
  const declared = portsOf(container);
  const listens = protocol === "TCP" ? listensOn(container, context) : undefined;
  if (typeof wanted === "number" && listens !== undefined) return listens(wanted);
  if (typeof wanted === "number" && declared.length === 0) return true;
  return declared.some(
    ({ name, number, protocol: own }) =>
      own === protocol &&
      (name === wanted || number === wanted || varies(name, number, wanted)) &&
      (listens?.(number) ?? true),
  );
}

/** Whether a variable stands for the name or number. */
function varies(name: string, number: number, wanted: string | number): boolean {
  return typeof wanted === "number" ? Number.isNaN(number) : hasVariable(name);
}
