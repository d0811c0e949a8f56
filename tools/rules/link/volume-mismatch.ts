import { type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { placeIn } from "../lib/containers.ts";
import { indexOf } from "../lib/target.ts";

/** `checkVolumeSatisfyClaim` in k8s.io/kubernetes/pkg/controller/volume/persistentvolume. */
export const volumeMismatch = definePolicy({
  id: "link/volume-mismatch",
  severity: "error",
  why: "A claim that names a volume is only bound to it if the volume has the storage class, volume mode, access modes and capacity that the claim requests: otherwise it stays Pending (VolumeMismatch), and so do its pods. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume",
  fix: "Make the claim and the volume agree.",
  match: { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  *check(claim, context): Generator<Violation> {
    const spec = objectAt(claim.object, "spec");
    const name = stringAt(spec, "volumeName");
    const volume = name ? indexOf(context).find("PersistentVolume", undefined, name) : undefined;
    if (volume === undefined || spec === undefined) return;
    const has = objectAt(volume.object, "spec") ?? {};
    const subject = `PersistentVolumeClaim ${claim.name}`;
    const ref = objectAt(has, "claimRef");
    if (ref !== undefined) {
      if (isFor(ref, claim)) return;
      const other = `${stringAt(ref, "namespace") ?? ""}/${stringAt(ref, "name") ?? ""}`;
      const message = `${subject} names PersistentVolume ${volume.name}, which is reserved for claim ${other}`;
      yield { pointer: "/spec/volumeName", message };
      return;
    }
    for (const { field, wants, gives } of differences(claim, spec, volume, has)) {
      const message = `${subject} requests ${wants}, but PersistentVolume ${volume.name}, which it names, has ${gives}`;
      yield { pointer: placeIn("/spec", spec, field), message };
    }
  },
});

/** A volume that is reserved for a claim is bound to it, whatever the claim requests. */
function isFor(ref: JsonObject, { name, namespace }: Resource): boolean {
  return stringAt(ref, "name") === name && (!namespace || stringAt(ref, "namespace") === namespace);
}

interface Difference {
  readonly field: string;
  readonly wants: string;
  readonly gives: string;
}

function* differences(claim: Resource, spec: JsonObject, volume: Resource, has: JsonObject): Generator<Difference> {
  const [wanted, given] = [classOf(claim, spec), classOf(volume, has) ?? ""];
  // A claim without a class gets the cluster's default class.
  if (wanted !== undefined && wanted !== given)
    yield { field: "storageClassName", wants: classInWords(wanted), gives: classInWords(given) };
  const modes = [spec, has].map((one) => listAt(one, "accessModes").map(String)) as [string[], string[]];
  const lacking = modes[0].filter((mode) => !modes[1].includes(mode));
  if (lacking.length > 0)
    yield { field: "accessModes", wants: lacking.join(" and "), gives: modes[1].join(", ") || "no access mode" };
  const [mode, own] = [spec, has].map((one) => stringAt(one, "volumeMode") ?? "Filesystem");
  if (mode !== own) yield { field: "volumeMode", wants: `volumeMode ${mode}`, gives: `${own}` };
  const size = objectAt(objectAt(spec, "resources"), "requests")?.storage;
  const room = objectAt(has, "capacity")?.storage;
  const [asked, there] = [quantityOf(size), quantityOf(room)];
  if (asked !== undefined && there !== undefined && asked > there)
    yield { field: "resources", wants: `${size} of storage`, gives: `${room}` };
}

function classOf({ object }: Resource, spec: JsonObject): string | undefined {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  return stringAt(annotations, "volume.beta.kubernetes.io/storage-class") ?? stringAt(spec, "storageClassName");
}

function classInWords(name: string): string {
  return name === "" ? "no storage class" : `storage class ${name}`;
}
