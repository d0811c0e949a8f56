import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Demand, from, onObject, upTo } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { textOf } from "../../vocabulary/text.ts";

/** Sources whose drivers have been removed. */
const removed = [
  ..."photonPersistentDisk gitRepo scaleIO flocker storageos quobyte glusterfs cephfs rbd".split(" "),
] as const;

const removedSources = onObject((volume, at) => {
  for (const source of removed) {
    if (isObject(volume[source])) at.under(source, () => at.warn("has no effect in current clusters", useCsi));
  }
});
const useCsi = "Use a CSI driver.";

/** The path of a file in a volume, and the place of that path in the manifest. */
interface File {
  readonly path: string;
  readonly at: readonly (string | number)[];
}

function filesOf(source: Json | undefined, at: readonly (string | number)[]): File[] {
  const items = isObject(source) ? source.items : undefined;
  return objectsIn(items).map(({ path }, index) => ({
    path: textOf(path).replace(/(?<!\/)\/+$/, ""),
    at: [...at, "items", index, "path"],
  }));
}

const isWithin = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);

/**
 * Warns if two files have the same path, or one needs the other to be a directory
 * (`warningsForOverlappingVirtualPaths`).
 */
function overlaps(files: readonly File[], at: Place): void {
  files.forEach((file, index) => {
    for (const other of files.slice(0, index)) {
      if (file.path === "" || other.path === "") continue;
      if (!isWithin(file.path, other.path) && !isWithin(other.path, file.path)) continue;
      const says = `is ${at.show(file.path)}, which conflicts with ${at.show(other.path)}`;
      at.beneath(file.at, () => at.warn(says, "Give each file its own path."));
    }
  });
}

const listed = ["configMap", "secret", "downwardAPI"];

const overlappingItems: Check = onObject((volume, at) => {
  for (const source of listed) overlaps(filesOf(volume[source], [source]), at);
});

/** Sources with a single path; the new ones are dropped, and not checked, where their feature gates are off. */
const pathed = ["serviceAccountToken"];
const newlyPathed = ["clusterTrustBundle", "podCertificate"];

function overlappingProjections(kinds: readonly string[]): Check {
  return onObject(({ projected }, at) => {
    const sources = isObject(projected) ? objectsIn(projected.sources) : [];
    overlaps(
      sources.flatMap((source, index) => filesOfProjection(source, ["projected", "sources", index], kinds)),
      at,
    );
  });
}

const pathFields = ["path", "certificateChainPath", "keyPath", "credentialBundlePath"];

function filesOfProjection(source: JsonObject, path: readonly (string | number)[], kinds: readonly string[]): File[] {
  const kind = [...listed, ...kinds].find((field) => isObject(source[field]));
  if (kind === undefined) return [];
  const one = source[kind] as JsonObject;
  if (listed.includes(kind)) return filesOf(one, [...path, kind]);
  return pathFields
    .filter((field) => textOf(one[field]) !== "")
    .map((field) => ({ path: textOf(one[field]).replace(/(?<!\/)\/+$/, ""), at: [...path, kind, field] }));
}

/**
 * Warns about a projection without a source, or whose source the API server has dropped
 * (`warningsForOverlappingVirtualPaths`).
 */
export const projectsNothing: Demand = from(
  "1.32",
  onObject((source, at) => {
    if (!Object.values(source).some(isObject)) at.warn("has no source", "Add a source or remove the element.");
  }),
);

/** The warnings about a volume of a pod. */
export const volumeWarnings: Demand = [
  removedSources,
  from("1.32", [overlappingItems, upTo("1.36", overlappingProjections(pathed))]),
  from("1.37", overlappingProjections([...pathed, ...newlyPathed])),
];
