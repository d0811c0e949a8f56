import type { TargetContext } from "../../policy/define.ts";
import { indexOf } from "./target.ts";

/** A Service that a host name refers to. */
export interface Address {
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * The Service that a host name refers to within a namespace; undefined for other hosts: an IP address, the pod itself, a host
 * outside the cluster. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
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
