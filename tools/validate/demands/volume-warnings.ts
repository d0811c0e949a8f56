import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Check, Place } from "../place.ts";
import { type Demand, from, onObject } from "../vocabulary/demand.ts";
import { objectsIn } from "../vocabulary/lists.ts";
import { textOf } from "../vocabulary/text.ts";

/** Sources whose drivers are gone. */
const gone = [
  ..."photonPersistentDisk gitRepo scaleIO flocker storageos quobyte glusterfs cephfs rbd".split(" "),
] as const;

const goneSources = onObject((volume, at) => {
  for (const source of gone) {
    if (isObject(volume[source])) at.under(source, () => at.warn("does nothing in current clusters", useCsi));
  }
});
const useCsi = "Use a volume of a CSI driver.";

/** A path where a volume puts a file, and where in the volume that is said. */
interface File {
  readonly path: string;
  readonly at: readonly (string | number)[];
}

function filesOf(source: Json | undefined, at: readonly (string | number)[]): File[] {
  const items = isObject(source) ? source.items : undefined;
  return objectsIn(items).map(({ path }, index) => ({
    path: textOf(path).replace(/\/+$/, ""),
    at: [...at, "items", index, "path"],
  }));
}

const isWithin = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);

/** One file where another one is, or wants to be a directory (`warningsForOverlappingVirtualPaths`). */
function overlaps(files: readonly File[], at: Place): void {
  files.forEach((file, index) => {
    for (const other of files.slice(0, index)) {
      if (file.path === "" || other.path === "") continue;
      if (!isWithin(file.path, other.path) && !isWithin(other.path, file.path)) continue;
      const says = `is ${at.show(file.path)}, which gets in the way of ${at.show(other.path)}`;
      at.beneath(file.at, () => at.warn(says, "Give each file a path of its own."));
    }
  });
}

const listed = ["configMap", "secret", "downwardAPI"];

const overlappingItems: Check = onObject((volume, at) => {
  for (const source of listed) overlaps(filesOf(volume[source], [source]), at);
});

const projected: Check = onObject((volume, at) => {
  const sources = isObject(volume.projected) ? volume.projected.sources : undefined;
  if (!Array.isArray(sources)) return;
  const files = sources.flatMap((source, index) => filesOfProjection(source, ["projected", "sources", index], at));
  overlaps(files, at);
});

function filesOfProjection(source: Json, path: readonly (string | number)[], at: Place): File[] {
  const given = isObject(source) ? source : {};
  const kind = Object.keys(given).find((field) => isObject(given[field]));
  if (kind === undefined) {
    at.beneath(path, () => at.warn("has no source", "Name a source, or remove the element."));
    return [];
  }
  const one = given[kind] as JsonObject;
  if (listed.includes(kind)) return filesOf(one, [...path, kind]);
  const fields = ["path", "certificateChainPath", "keyPath", "credentialBundlePath"];
  return fields
    .filter((field) => textOf(one[field]) !== "")
    .map((field) => ({ path: textOf(one[field]).replace(/\/+$/, ""), at: [...path, kind, field] }));
}

/** What is warned of in a volume of a pod. */
export const volumeWarnings: Demand = [goneSources, from("1.32", [overlappingItems, projected])];
