import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Container } from "../../core/pod.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { runningIn } from "../lib/containers.ts";
import { listensOn, numbersOf } from "../lib/contracts.ts";
import { portsOf, portWords, targetPortOf } from "../lib/ports.ts";
import { backendsOf } from "../lib/selection.ts";
import { indexOf, type Workload } from "../lib/target.ts";

/** `FindPort` in k8s.io/kubernetes/pkg/api/v1/pod: a name must be that of a container's port, with the same protocol. */
export const targetPort = definePolicy({
  id: "link/target-port",
  severity: "error",
  why: "A Service sends to a port of its pods. Where none of them has the port that it names, it has no endpoints; where none listens on the number, every connection is refused. https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
  fix: "Give targetPort the name or the number of a port that a container of the selected pods has.",
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
      // Whoever asks for a headless Service is told the addresses of pods, and chooses the port.
      if (typeof wanted === "number" && spec?.clusterIP === "None") continue;
      if (typeof wanted === "number" && backends.some((backend) => isTold(backend, wanted, context))) continue;
      const names = [...new Set(backends.map(({ resource }) => resource.name))].sort().join(", ");
      const pointer = `/spec/ports/${index}${port.targetPort === undefined ? "/port" : "/targetPort"}`;
      const subject = `Service ${service.name} sends to port ${wanted} (${protocol})`;
      yield { pointer, ...wordsFor(wanted, protocol, subject, names, containers) };
    }
  },
});

/** Endpoints have a number as it is; what is declared only says what its container is known to listen on. */
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
    const help = ports.length > 0 && { help: `Their ports: ${portWords(ports)}.` };
    return { message: `${subject}, which no container of ${names} has`, ...help };
  }
  const message = `${subject}, which containers of ${names} have for ${protocols} alone`;
  const number = others[0]?.number;
  return typeof wanted === "number"
    ? {
        message,
        help: `Correct the protocol; where the program does listen on ${protocol}, declare it: { containerPort: ${number}, protocol: ${protocol} }.`,
        severity: "warning",
      }
    : { message, help: "Correct the protocol of the Service's port or of the container's: a name is found with both." };
}

/** A program may listen on more ports than are declared: those that its arguments or its settings name. */
function isTold({ resource, pod }: Workload, port: number, context: TargetContext): boolean {
  const running = runningIn(resource);
  if (running.some((one) => listensOn(one, context) === undefined && numbersOf(one).has(port))) return true;
  const pattern = new RegExp(`(?<!\\d)${port}(?!\\d)`);
  return listAt(pod.spec, "volumes").some((volume) => {
    const name = isObject(volume) ? stringAt(objectAt(volume, "configMap"), "name") : undefined;
    const found = name === undefined ? undefined : indexOf(context).find("ConfigMap", resource.namespace, name);
    return Object.values(objectAt(found?.object, "data") ?? {}).some(
      (text) => typeof text === "string" && pattern.test(text),
    );
  });
}

/** A number needs no declaration: a container that declares none may listen on any, unless its contract says where. */
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

/** A variable may stand for any name, or for any number. */
function varies(name: string, number: number, wanted: string | number): boolean {
  return typeof wanted === "number" ? Number.isNaN(number) : hasVariable(name);
}
