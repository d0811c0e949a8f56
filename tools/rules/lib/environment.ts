import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Container } from "../../core/pod.ts";
import type { TargetContext } from "../../policy/define.ts";
import { indexOf } from "./target.ts";

/** One variable that the manifests give a container. */
export interface Variable {
  readonly name: string;
  /** Undefined where it is known only in the cluster: a field of the pod, a Secret, something that is not rendered. */
  readonly value: string | undefined;
  /** Into the resource: of the entry of env, or of envFrom. */
  readonly pointer: string;
}

/** What a container finds in its environment, Services aside. */
export interface Environment {
  /** By name; of two, the one that holds. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** There may be variables whose names are not known. */
  readonly isOpen: boolean;
}

/** `makeEnvironmentVariables` of the kubelet: envFrom in its order, then env. */
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

/** The variables of one source; undefined for one that is not rendered. The values of Secrets are not looked at. */
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
 * The variable whose value is the host of a Service, exactly as the kubelet makes it; see `makeEnvVariableName` in
 * k8s.io/kubernetes/pkg/kubelet/envvars.
 */
export function serviceVariable(service: string): string {
  return `${service.replaceAll("-", "_").toUpperCase()}_SERVICE_HOST`;
}
