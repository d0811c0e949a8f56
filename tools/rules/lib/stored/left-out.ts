import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { containersOf, type Pod, podOf } from "../../../core/pod.ts";
import { join, at as valueAt } from "../../../core/pointer.ts";
import { groupOf, type Resource } from "../../../core/resource.ts";
import type { Violation } from "../../../policy/define.ts";
import { groupKind } from "../target.ts";
import { emptyIn, emptyOfDefinition } from "./definition.ts";

/**
 * Fields that are stored differently than written. Argo CD's own comparison reports them forever if it neither knows the type
 * (definitions of kinds, custom resources) nor predicts what the server does; if it asks the server (`ServerSideDiff=true`),
 * as Flux does, nothing differs. Each case and its counterpart was observed on Argo CD 3.2.1: docs/kustomizations.md.
 */
export function* leftOut(resource: Resource): Generator<Violation> {
  const { object } = resource;
  for (const { pointers, what } of groupsOf(resource)) {
    for (const pointer of pointers) {
      const field = pointer.slice(pointer.lastIndexOf("/") + 1).replaceAll("~1", "/");
      const value = valueAt(object, pointer);
      const written = isEmpty(value) ? `: ${JSON.stringify(value)}` : "";
      yield { pointer, message: `${field}${written} ${what}`, help };
    }
  }
}

/** Empty values can be shown in a report, whatever the field. */
function isEmpty(value: Json | undefined): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

/** Pointers to fields that are not kept, and what happens to them. */
interface Group {
  readonly pointers: Iterable<string>;
  readonly what: string;
}

function groupsOf(resource: Resource): Group[] {
  const metadata = objectAt(resource.object, "metadata");
  const groups: Group[] = isPlain(resource)
    ? [{ pointers: emptyIn(metadata, ofMetadata, "/metadata"), what: isLeftOut }]
    : [{ pointers: nullsIn(resource, metadata), what: isEmptied }];
  if (typeof metadata?.selfLink === "string") groups.push({ pointers: ["/metadata/selfLink"], what: isLeftOut });
  if (stringAt(objectAt(metadata, "annotations"), lastApplied) !== undefined)
    groups.push({
      pointers: [join("/metadata/annotations", lastApplied)],
      what: "is overwritten by each client-side apply",
    });
  const own = ofKind(resource);
  return own === undefined ? groups : [...groups, own];
}

const isLeftOut = "is not stored";
const isEmptied = "is stored as an empty value";
const isFilledIn = "is filled in by the API server";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const help = "Remove it, or make Argo CD compare on the server (ServerSideDiff=true).";

const ofMetadata = ["labels", "finalizers", "ownerReferences"];

/** Whether Argo CD compares it as plain JSON: custom resources, and the definitions of their kinds. */
function isPlain({ apiVersion, kind }: Resource): boolean {
  const group = groupOf(apiVersion);
  if (kind === "CustomResourceDefinition" || kind === "APIService") return true;
  return group.includes(".") && !/^[a-z-]+(?:\.authorization|\.apiserver)?\.k8s\.io$/.test(group);
}

/**
 * Nulls in maps of strings or amounts, whose members Go cannot omit. A null among annotations is turned into a string by
 * kustomize itself.
 */
function nullsIn(resource: Resource, metadata: JsonObject | undefined): string[] {
  const { kind, object } = resource;
  const pod = podOf(resource);
  return [
    ...nullsAt(object, ["data", "stringData"], ""),
    ...nullsAt(metadata, ["labels"], "/metadata"),
    ...(kind === "Service" ? nullsAt(objectAt(object, "spec"), ["selector"], "/spec") : []),
    ...(pod === undefined ? [] : nullsInPod(pod)),
  ];
}

function nullsInPod(pod: Pod): string[] {
  const { metadata, pointer, spec, specPointer } = pod;
  return [
    ...(pointer === "" ? [] : nullsAt(metadata, ["labels", "annotations"], `${pointer}/metadata`)),
    ...nullsAt(spec, ["nodeSelector"], specPointer),
    ...containersOf(pod).flatMap(({ object, pointer: at }) =>
      nullsAt(objectAt(object, "resources"), ["limits", "requests"], `${at}/resources`),
    ),
  ];
}

function nullsAt(holder: JsonObject | undefined, fields: readonly string[], at: string): string[] {
  const found: string[] = [];
  for (const field of fields) {
    const map = objectAt(holder, field);
    for (const [name, value] of map ? Object.entries(map) : [])
      if (value === null) found.push(join(`${at}/${field}`, name));
  }
  return found;
}

function ofKind(resource: Resource): Group | undefined {
  const { object } = resource;
  const spec = objectAt(object, "spec") ?? {};
  switch (groupKind(resource)) {
    case "CustomResourceDefinition.apiextensions.k8s.io":
      return { pointers: emptyOfDefinition(object), what: isLeftOut };
    case "APIService.apiregistration.k8s.io":
      return { pointers: emptyIn(spec, ["insecureSkipTLSVerify", "caBundle"], "/spec"), what: isLeftOut };
    case "Namespace":
      return { pointers: emptyIn(spec, ["finalizers"], "/spec"), what: isFilledIn };
    case "Pod":
      if (!isToleratedFurther(spec)) return undefined;
      return { pointers: ["/spec/tolerations"], what: "gets more entries from the API server" };
    case "Service":
      return { pointers: unallocated(spec), what: isFilledIn };
    case "PersistentVolumeClaim":
      if (!isDropped(objectAt(spec, "dataSource"))) return undefined;
      return { pointers: ["/spec/dataSource"], what: "is dropped: it is neither a claim nor a snapshot" };
    default:
      return undefined;
  }
}

/** Addresses and node ports that a Service explicitly leaves open. */
function* unallocated(spec: JsonObject): Generator<string> {
  if (spec.type === "ExternalName") return;
  if (spec.clusterIP === "" || spec.clusterIP === null) yield "/spec/clusterIP";
  yield* emptyIn(spec, ["clusterIPs"], "/spec");
  if (spec.type !== "NodePort" && (spec.type !== "LoadBalancer" || spec.allocateLoadBalancerNodePorts === false))
    return;
  for (const [index, port] of listAt(spec, "ports").entries())
    if (isObject(port) && port.nodePort === 0) yield `/spec/ports/${index}/nodePort`;
}

/** `DefaultTolerationSeconds` adds up to two tolerations to a Pod; if it has no list, Argo CD sees no difference. */
function isToleratedFurther(spec: JsonObject): boolean {
  if (!Array.isArray(spec.tolerations)) return false;
  const own = spec.tolerations.filter(isObject).filter(({ effect }) => !effect || effect === "NoExecute");
  const isTolerated = (taint: string) => own.some(({ key }) => !key || key === `node.kubernetes.io/${taint}`);
  return !(isTolerated("not-ready") && isTolerated("unreachable"));
}

/** `dropDisabledFields` of claims: `dataSource` only allows claims and snapshots, `dataSourceRef` everything. */
function isDropped(source: JsonObject | undefined): boolean {
  if (source === undefined) return false;
  const { kind, apiGroup } = source;
  const isClaim = kind === "PersistentVolumeClaim" && !apiGroup;
  return !isClaim && !(kind === "VolumeSnapshot" && apiGroup === "snapshot.storage.k8s.io");
}
