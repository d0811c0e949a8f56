import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podKinds } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { type CalledHost, hostsIn, type Text, textsOf } from "../lib/called-hosts.ts";
import { namesIn } from "../lib/created.ts";
import { meant } from "../lib/misspelt.ts";
import { isProvided } from "../lib/provided.ts";
import { isFragment } from "../lib/reference.ts";
import { podsOf } from "../lib/scale.ts";
import { backendsOf } from "../lib/selection.ts";
import { indexOf } from "../lib/target.ts";

/**
 * Without a contract for the image, a name is certain to be that of a Service if it is written in full (NAME.NAMESPACE.svc), or
 * if it is the host of a URL or of a variable and this target renders the Service, or one of nearly the same name.
 */
export const serviceHost = definePolicy({
  id: "link/service-host",
  severity: "error",
  why: "A Service accepts connections only on its own ports, and a name without a Service does not resolve: the program starts, but its calls fail. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services",
  fix: "Use the name and a port of a Service.",
  match: { kind: [...podKinds, "ConfigMap", "Probe", "DestinationRule"] },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context) || indexOf(context).ofKind("Service").length === 0) return;
    const texts = textsOf(resource);
    for (const text of texts) {
      // One finding for each Service, in whichever form it is named.
      const found = new Set<string>();
      for (const host of hostsIn(text))
        for (const violation of judge(host, text, resource, context)) {
          if (!found.has(violation.message)) yield { ...violation, offset: host.offset };
          found.add(violation.message);
        }
      yield* ofSeparatePort(text, texts, resource, context);
    }
  },
});

function* judge(host: CalledHost, text: Text, resource: Resource, context: TargetContext): Generator<Violation> {
  const { pointer, who } = text;
  const { name, port, domain } = host;
  const namespace = host.namespace ?? resource.namespace;
  const calls = `${who} calls ${host.text}`;
  if (domain !== undefined) {
    yield { pointer, message: `${calls}: no cluster has the domain ${domain}`, help: "Did you mean cluster.local?" };
    return;
  }
  if (host.pod !== undefined) yield* ofPod(host.pod, host, calls, pointer, resource, context);
  const found = indexOf(context).find("Service", namespace, name);
  // A pod of a StatefulSet in short form, or a domain outside of the cluster.
  if (host.pod !== undefined || (found === undefined && host.namespace !== undefined && !host.text.includes(".svc")))
    return;
  if (found !== undefined) {
    const known = portsOf(found);
    if (port === undefined || known.length === 0 || known.includes(port)) return;
    const message = `${calls}, but Service ${name} has no port ${port}`;
    // A Service without a namespace may be another one of the same name.
    const isSure = found.namespace === namespace;
    const help = `The ports of the Service: ${known.join(", ")}.`;
    yield { pointer, message, help, ...(!isSure && { severity: "warning" }) };
    return;
  }
  // Another target may render it: only a name that looks like a typo is reported.
  const wants = { kind: "Service", namespace, name };
  const near = meant(name, namesIn("Service", namespace, context), context);
  if (isProvided(wants, context)) return;
  const where = namespace ? ` in namespace ${namespace}` : "";
  const message = `${calls}, but no Service${where} is named ${name}`;
  const elsewhere = near ?? nearNamespace(name, namespace, context);
  if (elsewhere !== undefined)
    yield { pointer, message, help: `Did you mean ${elsewhere}?`, severity: "warning", wants };
}

/** The namespace of a Service of this name, if only a letter of it is wrong. */
function nearNamespace(name: string, namespace: string | undefined, context: TargetContext): string | undefined {
  const services = indexOf(context).ofKind("Service");
  const others = services.flatMap((one) => (one.name === name && one.namespace ? [one.namespace] : []));
  const near = namespace && meant(namespace, others, context);
  return near ? `${name}.${near}` : undefined;
}

/** The DNS names of pods: only those of a StatefulSet have one, in the Service that its serviceName names. */
function* ofPod(
  pod: string,
  { name, namespace = undefined }: CalledHost,
  calls: string,
  pointer: string,
  resource: Resource,
  context: TargetContext,
): Generator<Violation> {
  const where = namespace ?? resource.namespace;
  const [, base = ""] = /^(.+)-\d+$/.exec(pod) ?? [];
  const set = indexOf(context)
    .ofKindIn("StatefulSet.apps", where)
    .find((one) => one.name === base);
  if (set === undefined) {
    const service = indexOf(context).find("Service", where, name);
    const backends = (service && backendsOf(service, context)) ?? [];
    const isOfSets = backends.length > 0 && backends.every((one) => one.resource.kind === "StatefulSet");
    const [first] = backends;
    if (!isOfSets || first === undefined) return;
    const help = `Its pods are ${first.resource.name}-0 and so on.`;
    yield { pointer, message: `${calls}, but no pod of Service ${name} is named ${pod}`, help };
    return;
  }
  const spec = objectAt(set.object, "spec");
  const serviceName = stringAt(spec, "serviceName") ?? "";
  if (serviceName !== name) {
    const help = serviceName ? `Did you mean ${pod}.${serviceName}?` : "Set serviceName to a headless Service.";
    yield {
      pointer,
      message: `${calls}, but the pods of StatefulSet ${set.name} have no names in Service ${name}`,
      help,
    };
    return;
  }
  const pods = podsOf(set, context);
  if (pods === undefined || pods.includes(pod)) return;
  const replicas = pods.length;
  const message = `${calls}, but StatefulSet ${set.name} has ${replicas} replica${replicas === 1 ? "" : "s"}: ${pod} does not exist`;
  yield { pointer, message, help: "Count from 0, or raise the replicas.", severity: "warning" };
}

/** The port in another variable: `DB_PORT` beside `DB_HOST`. */
function* ofSeparatePort(
  { key, value, beside, who }: Text,
  texts: readonly Text[],
  resource: Resource,
  context: TargetContext,
): Generator<Violation> {
  const partner = key.replace(/host(?:name)?$/i, (host) => (host.startsWith("h") ? "port" : "PORT"));
  if (partner === key || !/^[a-z0-9-]+$/.test(value)) return;
  const port = texts.find((one) => one.beside === beside && one.key === partner);
  const service = indexOf(context).find("Service", resource.namespace, value);
  const known = service?.namespace === resource.namespace && service ? portsOf(service) : [];
  if (port === undefined || !/^\d+$/.test(port.value) || known.length === 0 || known.includes(Number(port.value)))
    return;
  const message = `${who} calls ${value} on port ${port.value}, but Service ${value} has no port ${port.value}`;
  yield { pointer: port.pointer, message, help: `The ports of the Service: ${known.join(", ")}.` };
}

/** The ports on which a Service accepts connections; none for a headless or external one, and if a variable is among them. */
function portsOf({ object }: Resource): number[] {
  const spec = objectAt(object, "spec");
  if (spec?.clusterIP === "None" || stringAt(spec, "type") === "ExternalName") return [];
  const ports = listAt(spec, "ports").flatMap((one) => (isObject(one) ? [Number(one.port)] : []));
  return ports.some(Number.isNaN) ? [] : ports;
}
