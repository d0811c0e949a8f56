import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Container, containersOf, podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { indexOf } from "../lib/target.ts";

/** Duplicates within env are `apply/list-key`. */
export const duplicateEnv = definePolicy({
  id: "link/duplicate-env",
  severity: "warning",
  why: "If two sources of envFrom have the same key, the last one wins silently, and edits of the other have no effect. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables",
  fix: "Keep the key in only one of them, or give one of them a prefix.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    for (const container of pod ? containersOf(pod) : []) {
      const seen = new Map<string, string>();
      for (const { keys, from, pointer } of sourcesOf(container, resource, context)) {
        for (const key of keys) {
          const other = seen.get(key);
          seen.set(key, from);
          if (other === undefined) continue;
          yield { pointer, message: `${container.name} gets ${key} from ${other} and from ${from}: the last one wins` };
        }
      }
    }
  },
});

function sourcesOf({ object, pointer }: Container, { namespace }: Resource, context: TargetContext) {
  return listAt(object, "envFrom").flatMap((source, index) => {
    if (!isObject(source)) return [];
    const [kind, field] = source.secretRef === undefined ? ["ConfigMap", "configMapRef"] : ["Secret", "secretRef"];
    const name = stringAt(objectAt(source, field), "name") ?? "";
    const found = indexOf(context).find(kind, namespace, name)?.object;
    const prefix = stringAt(source, "prefix") ?? "";
    const keys = ["data", "stringData"].flatMap((part) => Object.keys(objectAt(found, part) ?? {}));
    const distinct = [...new Set(keys)].sort().map((key) => prefix + key);
    return [{ keys: distinct, from: `${kind} ${name}`, pointer: `${pointer}/envFrom/${index}` }];
  });
}
