import { type JsonObject, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Container } from "../../core/pod.ts";

/** An `httpGet` or a `tcpSocket` of a probe or a lifecycle hook. */
interface Handler {
  /** `livenessProbe`, `lifecycle/preStop` */
  readonly of: string;
  readonly object: JsonObject;
  /** Relative to the resource. */
  readonly pointer: string;
}

const probes = ["startupProbe", "livenessProbe", "readinessProbe"];
const hooks = ["postStart", "preStop"];
const calls = ["httpGet", "tcpSocket"];

/** The handlers of a container. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#lifecycle-1 */
export const handlersOf = once(({ object, pointer }: Container): readonly Handler[] => {
  const lifecycle = objectAt(object, "lifecycle");
  return [
    ...probes.flatMap((name) => callsOf(objectAt(object, name), name, pointer)),
    ...(lifecycle ? hooks.flatMap((name) => callsOf(objectAt(lifecycle, name), `lifecycle/${name}`, pointer)) : []),
  ];
});

function callsOf(action: JsonObject | undefined, of: string, pointer: string): Handler[] {
  if (action === undefined) return [];
  return calls.flatMap((call) => {
    const object = objectAt(action, call);
    return object ? [{ of, object, pointer: `${pointer}/${of}/${call}` }] : [];
  });
}
