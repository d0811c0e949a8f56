import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Container } from "../../core/pod.ts";
import type { TargetContext } from "../../policy/define.ts";
import { indexOf } from "./target.ts";

/** An environment variable that the manifests set for a container. */
export interface Variable {
  readonly name: string;
  /** Undefined if it is only known in the cluster: a field of the pod, a Secret, a resource that is not rendered. */
  readonly value: string | undefined;
  /** Points to the entry of env or envFrom in the resource. */
  readonly pointer: string;
}

/** The environment variables of a container, without those of Services. */
export interface Environment {
  /** By name; the last definition wins. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Whether there may be variables with unknown names. */
  readonly isOpen: boolean;
}

/** `makeEnvironmentVariables` of the kubelet: envFrom in order, then env. */
export function environmentOf(
  container: Container,
  namespace: string | undefined,
  context: TargetContext,
): Environment {
  const variables = new Map<string, Variable>();
  let isOpen = false;
  for (const [index, source] of listAt(container.object, "envFrom").entries()) {
    const taken = isObject(source) ? fromSource(source, namespace, context) : undefined;
    if (taken === undefined) isOpen = true;
    const pointer = `${container.pointer}/envFrom/${index}`;
    for (const [name, value] of taken ?? []) variables.set(name, { name, value, pointer });
  }
  for (const [index, entry] of listAt(container.object, "env").entries()) {
    const name = isObject(entry) ? stringAt(entry, "name") : undefined;
    if (!isObject(entry) || name === undefined) continue;
    const pointer = `${container.pointer}/env/${index}`;
    variables.set(name, { name, value: writtenValue(entry, namespace, context), pointer });
  }
  return { variables, isOpen };
}

function writtenValue(entry: JsonObject, namespace: string | undefined, context: TargetContext): string | undefined {
  const from = objectAt(entry, "valueFrom");
  if (from === undefined) return stringAt(entry, "value") ?? "";
  const ref = objectAt(from, "configMapKeyRef");
  const map = ref && indexOf(context).find("ConfigMap", namespace, stringAt(ref, "name") ?? "");
  return stringAt(objectAt(map?.object, "data"), stringAt(ref, "key") ?? "");
}

/** The variables of a source; undefined if it is not rendered. The values of Secrets are not read. */
function fromSource(
  source: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): [string, string | undefined][] | undefined {
  const prefix = stringAt(source, "prefix") ?? "";
  for (const [kind, field] of [["ConfigMap", "configMapRef"] as const, ["Secret", "secretRef"] as const]) {
    const name = stringAt(objectAt(source, field), "name");
    if (name === undefined) continue;
    const object = indexOf(context).find(kind, namespace, name)?.object;
    if (object === undefined) return undefined;
    const keys = ["data", "stringData"].flatMap((part) => Object.entries(objectAt(object, part) ?? {}));
    return keys.map(([key, value]) => [
      prefix + key,
      kind === "ConfigMap" && typeof value === "string" ? value : undefined,
    ]);
  }
  return [];
}

/**
 * The variable that holds the host of a Service, exactly as the kubelet names it; see `makeEnvVariableName` in
 * k8s.io/kubernetes/pkg/kubelet/envvars.
 */
export function serviceVariable(service: string): string {
  return `${service.replaceAll("-", "_").toUpperCase()}_SERVICE_HOST`;
}
