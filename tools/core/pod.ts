import { isObject, type JsonObject, listAt, objectAt, stringAt } from "./json.ts";
import { once } from "./once.ts";
import { join } from "./pointer.ts";
import { groupOf, type Resource } from "./resource.ts";

/** The template of the pods that a resource creates, or the resource itself if it is a Pod. */
export interface Pod {
  /** Pointer to the object with `metadata` and `spec`: `""` in a Pod, `/spec/template` in a Deployment. */
  readonly pointer: string;
  readonly metadata: JsonObject;
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
  /** Pointer to the spec: `/spec/template/spec` in a Deployment. */
  readonly specPointer: string;
}

/** The lists of containers in the spec of a pod, in the order in which they start. */
const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/** One container of a pod. */
export interface Container {
  readonly list: (typeof containerLists)[number];
  /** Pointer into the resource: `/spec/template/spec/containers/0`. */
  readonly pointer: string;
  readonly name: string;
  readonly object: JsonObject;
}

const template = ["spec", "template"];
const workload = { Deployment: template, ReplicaSet: template, StatefulSet: template, DaemonSet: template };

/**
 * Where each kind has its template, by API group. Kinds beyond Kubernetes' own are listed only if their template is exactly
 * a PodTemplateSpec. https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates
 */
const templates: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "": { Pod: [], PodTemplate: ["template"], ReplicationController: template },
  apps: workload,
  extensions: workload,
  batch: { Job: template, CronJob: ["spec", "jobTemplate", "spec", "template"] },
  "apps.openshift.io": { DeploymentConfig: template },
  "argoproj.io": { Rollout: template },
};

/** The kinds of {@link templates}, for rules about pods. */
export const podKinds: readonly string[] = [
  ...new Set(Object.values(templates).flatMap((kinds) => Object.keys(kinds))),
];

const ofPods = new Set(podKinds);

/** The pod that a resource is or creates; undefined if its kind creates none, or it has no pod spec. */
export function podOf(resource: Resource): Pod | undefined {
  return ofPods.has(resource.kind) ? podIn(resource) : undefined;
}

const podIn = once(readPod);

function readPod({ apiVersion, kind, object }: Resource): Pod | undefined {
  const group = groupOf(apiVersion);
  const kinds = Object.hasOwn(templates, group) ? templates[group] : undefined;
  const path = kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (path === undefined) return undefined;
  const holder = path.reduce<JsonObject | undefined>((value, key) => objectAt(value, key), object);
  const spec = objectAt(holder, "spec");
  if (spec === undefined) return undefined;
  const metadata = objectAt(holder, "metadata") ?? {};
  const pointer = path.reduce(join, "");
  const [labels, annotations] = [objectAt(metadata, "labels") ?? {}, objectAt(metadata, "annotations") ?? {}];
  return { pointer, metadata, labels, annotations, spec, specPointer: join(pointer, "spec") };
}

/** All containers of a pod, in the order of {@link containerLists}. */
export const containersOf = once(readContainers);

function readContainers({ spec, specPointer }: Pod): readonly Container[] {
  return containerLists.flatMap((list) =>
    listAt(spec, list).flatMap((object, index) => {
      if (!isObject(object)) return [];
      const pointer = join(join(specPointer, list), index);
      return [{ list, pointer, name: stringAt(object, "name") ?? "", object }];
    }),
  );
}

/** Whether a container runs as long as its pod, as an init container does if it is always restarted (a sidecar). */
export function runsOn({ list, object }: Container): boolean {
  return list === "containers" || (list === "initContainers" && object.restartPolicy === "Always");
}
