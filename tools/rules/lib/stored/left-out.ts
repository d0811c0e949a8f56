import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { containersOf, type Pod, podOf } from "../../../core/pod.ts";
import { join, at as valueAt } from "../../../core/pointer.ts";
import { groupOf, type Resource } from "../../../core/resource.ts";
import type { Violation } from "../../../policy/define.ts";
import { groupKind } from "../target.ts";
import { emptyIn, emptyOfDefinition } from "./definition.ts";

/**
 * What is stored otherwise than it was written. Argo CD's own comparison sees that for ever, where it neither knows the type
 * (definitions of kinds, custom resources) nor predicts what the server does; where it asks the server (`ServerSideDiff=true`),
 * as Flux does, nothing differs. Each was seen on Argo CD 3.2.1, with its twin: docs/kustomizations.md.
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

/** What may stand in a report, whatever it is the value of. */
function isEmpty(value: Json | undefined): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

/** Pointers to what is not kept, and what becomes of it. */
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
      what: "is written anew by each client-side apply",
    });
  const own = ofKind(resource);
  return own === undefined ? groups : [...groups, own];
}

const isLeftOut = "is not stored";
const isEmptied = "is stored as an empty value";
const isFilledIn = "is filled in by the API server";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const help = "Remove it, or have Argo CD compare on the server's side (ServerSideDiff=true).";

const ofMetadata = ["labels", "finalizers", "ownerReferences"];

/** Argo CD compares it as JSON: kinds beyond Kubernetes' own, and those that define them. */
function isPlain({ apiVersion, kind }: Resource): boolean {
  const group = groupOf(apiVersion);
  if (kind === "CustomResourceDefinition" || kind === "APIService") return true;
  return group.includes(".") && !/^[a-z-]+(?:\.authorization|\.apiserver)?\.k8s\.io$/.test(group);
}

/**
 * Nulls in maps of strings or amounts, whose members Go cannot leave out. A null among annotations, kustomize itself makes a
 * string.
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
      return { pointers: ["/spec/tolerations"], what: "is added to by the API server" };
    case "Service":
      return { pointers: unallocated(spec), what: isFilledIn };
    case "PersistentVolumeClaim":
      if (!isDropped(objectAt(spec, "dataSource"))) return undefined;
      return { pointers: ["/spec/dataSource"], what: "is dropped: it is no claim, and no snapshot" };
    default:
      return undefined;
  }
}

/** Addresses and ports of nodes that a Service leaves open, where it writes that it does. */
function* unallocated(spec: JsonObject): Generator<string> {
  if (spec.type === "ExternalName") return;
  if (spec.clusterIP === "" || spec.clusterIP === null) yield "/spec/clusterIP";
  yield* emptyIn(spec, ["clusterIPs"], "/spec");
  if (spec.type !== "NodePort" && (spec.type !== "LoadBalancer" || spec.allocateLoadBalancerNodePorts === false))
    return;
  for (const [index, port] of listAt(spec, "ports").entries())
    if (isObject(port) && port.nodePort === 0) yield `/spec/ports/${index}/nodePort`;
}

/** `DefaultTolerationSeconds` adds two tolerations to the list of a Pod that does not say otherwise; where there is none, it is no difference. */
function isToleratedFurther(spec: JsonObject): boolean {
  if (!Array.isArray(spec.tolerations)) return false;
  const own = spec.tolerations.filter(isObject).filter(({ effect }) => !effect || effect === "NoExecute");
  const isTolerated = (taint: string) => own.some(({ key }) => !key || key === `node.kubernetes.io/${taint}`);
  return !(isTolerated("not-ready") && isTolerated("unreachable"));
}

/** `dropDisabledFields` of claims: `dataSource` knows claims and snapshots, `dataSourceRef` everything. */
function isDropped(source: JsonObject | undefined): boolean {
  if (source === undefined) return false;
  const { kind, apiGroup } = source;
  const isClaim = kind === "PersistentVolumeClaim" && !apiGroup;
  return !isClaim && !(kind === "VolumeSnapshot" && apiGroup === "snapshot.storage.k8s.io");
}
