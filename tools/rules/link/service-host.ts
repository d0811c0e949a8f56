import { isObject, type Json, listAt, objectAt, stringAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import { type Container, containersOf, podKinds, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { inWords } from "../lib/containers.ts";
import { isProvided } from "../lib/provided.ts";
import { isFragment } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

/** Without a contract for the image, only full names are certain to be Services: NAME.NAMESPACE.svc, with or without a port. */
export const serviceHost = definePolicy({
  id: "link/service-host",
  severity: "error",
  why: "A Service accepts connections only on its own ports, and a name without a Service does not resolve: the program starts, but its calls fail. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services",
  fix: "Use the name and a port of a Service.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isFragment(context)) return;
    for (const container of containersOf(pod))
      for (const { text, pointer } of textsOf(container))
        for (const host of hostsIn(text)) yield* judge(host, pointer, inWords(container, resource), context);
  },
});

/** The texts of a container that may contain hosts. */
function textsOf({ object, pointer }: Container): { readonly text: string; readonly pointer: string }[] {
  const place = (value: Json | undefined, ...path: (string | number)[]) =>
    typeof value === "string" ? [{ text: value, pointer: path.reduce<string>(join, pointer) }] : [];
  return [
    ...listAt(object, "env").flatMap((one, index) => (isObject(one) ? place(one.value, "env", index, "value") : [])),
    ...["command", "args"].flatMap((field) =>
      listAt(object, field).flatMap((word, index) => place(word, field, index)),
    ),
  ];
}

interface Host {
  readonly text: string;
  readonly name: string;
  readonly namespace: string;
  readonly port: number | undefined;
}

/**
 * `web.shop.svc`, `web-0.web.shop.svc.cluster.local:80`; other domains do not belong to this cluster. After a variable, as in
 * `$(PREFIX)web.shop.svc`, the name is not known.
 */
const full = /(?<![\w.$)}-])((?:[a-z0-9][a-z0-9-]{0,62}\.){2,3}svc)(?:\.cluster\.local)?\.?(?::(\d{1,5}))?(?![\w.-])/g;

function hostsIn(text: string): Host[] {
  if (!text.includes(".svc")) return [];
  const hosts = [...text.matchAll(full)].map(([all, host = "", port]): [string, Host] => {
    const [namespace = "", name = ""] = host.split(".").reverse().slice(1);
    return [all, { text: all, name, namespace, port: port === undefined ? undefined : Number(port) }];
  });
  return [...new Map(hosts).values()];
}

function* judge(host: Host, pointer: string, caller: string, context: TargetContext): Generator<Violation> {
  const { name, namespace, port, text } = host;
  const found = indexOf(context).find("Service", namespace, name);
  if (found !== undefined) {
    const known = portsOf(found);
    if (port === undefined || known.length === 0 || known.includes(port)) return;
    const message = `${caller} calls ${text}, but Service ${name} has no port ${port}`;
    // A Service without a namespace may be another one of the same name.
    const isSure = found.namespace === namespace;
    const help = `The ports of the Service: ${known.join(", ")}.`;
    yield { pointer, message, help, ...(!isSure && { severity: "warning" }) };
    return;
  }
  // Another target may render it: only a name that looks like a typo is reported.
  const wants = { kind: "Service", namespace, name };
  const near = namesIn(namespace, context).find((one) => isTypo(name, one));
  if (near === undefined || isProvided(wants, context)) return;
  const message = `${caller} calls ${text}, but no Service in namespace ${namespace} is named ${name}`;
  yield { pointer, message, help: `Did you mean ${near}?`, severity: "warning", wants };
}

/** The ports on which a Service accepts connections; none for a headless or external one, and if a variable is among them. */
function portsOf({ object }: Resource): number[] {
  const spec = objectAt(object, "spec");
  if (spec?.clusterIP === "None" || stringAt(spec, "type") === "ExternalName") return [];
  const ports = listAt(spec, "ports").flatMap((one) => (isObject(one) ? [Number(one.port)] : []));
  return ports.some(Number.isNaN) ? [] : ports;
}

function namesIn(namespace: string, context: TargetContext): string[] {
  return indexOf(context)
    .ofKindIn("Service", namespace)
    .map(({ name }) => name);
}

/** One letter is wrong, missing, extra or swapped. Names that differ in a number are distinct: `web-v1`, `web-v2`. */
function isTypo(name: string, other: string): boolean {
  return name.length > 3 && isOneEditApart(name, other) && name.replaceAll(/\d/g, "") !== other.replaceAll(/\d/g, "");
}
