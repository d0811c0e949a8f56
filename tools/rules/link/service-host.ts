import { isObject, type Json, listAt, objectAt, stringAt } from "../../core/json.ts";
import { editDistance } from "../../core/nearest.ts";
import { type Container, containersOf, podKinds, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { inWords } from "../lib/containers.ts";
import { isFragment, lookUp } from "../lib/reference.ts";
import { indexOf, meets } from "../lib/target.ts";

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

/** Where a container says whom it calls. */
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

/** `web.shop.svc`, `web-0.web.shop.svc.cluster.local:80`; other domains are not of this cluster. */
const full = /(?<![\w.-])((?:[a-z0-9][a-z0-9-]*\.){2,3}svc)(?:\.cluster\.local)?\.?(?::(\d{1,5}))?(?![\w.-])/g;

function hostsIn(text: string): Host[] {
  if (!text.includes(".svc")) return [];
  return [...text.matchAll(full)].map(([all, host = "", port]) => {
    const [namespace = "", name = ""] = host.split(".").reverse().slice(1);
    return { text: all, name, namespace, port: port === undefined ? undefined : Number(port) };
  });
}

function* judge(host: Host, pointer: string, caller: string, context: TargetContext): Generator<Violation> {
  const { name, namespace, port, text } = host;
  const found = lookUp({ kind: "Service", namespace, name }, context);
  if (found === "provided") return;
  if (found !== undefined) {
    const known = portsOf(found);
    if (port === undefined || known.length === 0 || known.includes(port)) return;
    const message = `${caller} calls ${text}, but Service ${name} has no port ${port}`;
    yield { pointer, message, help: `The ports of the Service: ${known.join(", ")}.` };
    return;
  }
  // Another target may render it: only a name that looks like a typo is reported.
  const near = namesIn(namespace, context).find((one) => isTypo(name, one));
  if (near === undefined) return;
  const message = `${caller} calls ${text}, but no Service in namespace ${namespace} is named ${name}`;
  const wants = { kind: "Service", namespace, name };
  yield { pointer, message, help: `Did you mean ${near}?`, severity: "warning", wants };
}

/** The ports on which a Service accepts connections; none for a headless or external one, which only has a name. */
function portsOf({ object }: Resource): number[] {
  const spec = objectAt(object, "spec");
  if (spec?.clusterIP === "None" || stringAt(spec, "type") === "ExternalName") return [];
  return listAt(spec, "ports").flatMap((one) => (isObject(one) ? [Number(one.port)] : []));
}

function namesIn(namespace: string, context: TargetContext): string[] {
  const services = indexOf(context).ofKind("Service");
  return services.filter((one) => meets(one.namespace, namespace)).map(({ name }) => name);
}

/** One letter is wrong, missing, extra or swapped; names that differ in a number are different ones: `web-v1`, `web-v2`. */
function isTypo(name: string, other: string): boolean {
  return (
    name.length > 3 && editDistance(name, other) === 1 && name.replaceAll(/\d/g, "") !== other.replaceAll(/\d/g, "")
  );
}
