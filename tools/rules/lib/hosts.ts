import type { TargetContext } from "../../policy/define.ts";
import { indexOf } from "./target.ts";

/** A Service, as DNS names it. */
export interface Address {
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * The Service that a host name means within a namespace; undefined where it means something else: an address, the pod itself,
 * a host of the world outside. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function addressOf(host: string, namespace: string | undefined, context: TargetContext): Address | undefined {
  if (host === "" || host === "localhost" || host.includes(":") || /^[\d.]+$/.test(host)) return undefined;
  const labels = host.replace(/\.$/, "").toLowerCase().split(".");
  const [first = "", second = "", third = ""] = labels;
  if (labels.length === 1) return { name: first, namespace };
  if (third === "svc") return { name: first, namespace: second };
  if (labels[3] === "svc") return { name: second, namespace: third };
  if (labels.length !== 2) return undefined;
  // `pod-0.headless` is a pod of a headless Service of the same namespace.
  const isPod = indexOf(context).find("Service", namespace, second) !== undefined;
  return isPod ? { name: second, namespace } : { name: first, namespace: second };
}
