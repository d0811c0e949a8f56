import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Container, type Pod, podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords } from "../lib/containers.ts";
import { commandWords } from "../lib/contracts.ts";
import { dataStoresIn } from "../lib/data-stores.ts";

/** An emptyDir counts as a deliberate choice: it is what a cache or a replica needs. */
export const ephemeralData = definePolicy({
  id: "reliability/ephemeral-data",
  severity: "warning",
  why: "A data store without a volume writes into its container: the data is lost when the container restarts. https://kubernetes.io/docs/concepts/storage/volumes/",
  fix: "Mount a PersistentVolumeClaim for the data; if the data may be lost, mount an emptyDir to say so.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    for (const container of pod ? dataStoresIn(resource) : []) {
      if (pod === undefined || keepsNothing(container) || hasVolume(container, pod)) continue;
      const image = stringAt(container.object, "image");
      yield {
        pointer: container.pointer,
        message: `${inWords(container, resource)} runs ${image} without a volume for its data`,
      };
    }
  },
});

/** A watcher, a replica or a cache that never saves has no data of its own; a settings file may say anything. */
function keepsNothing(container: Container): boolean {
  if (container.name.includes("sentinel")) return true;
  const words = commandWords(container).flatMap(({ word }) => (word === "" ? [word] : word.split(/\s+/)));
  return words.some(
    (word, index) =>
      /^--(?:replicaof|slaveof)$|\.conf$/.test(word) ||
      (word === "--save" && ["", '""', "''"].includes(words[index + 1] ?? "-")),
  );
}

const settings = ["configMap", "secret", "downwardAPI", "projected", "image"];
const scratch = /^\/(?:tmp|run|var\/run|dev\/shm)(?:\/|$)/;

function hasVolume({ object }: Container, { spec }: Pod): boolean {
  const volumes = listAt(spec, "volumes").filter(isObject);
  return [...listAt(object, "volumeMounts"), ...listAt(object, "volumeDevices")].some(
    (mount) =>
      isObject(mount) &&
      holdsData(
        mount,
        volumes.find(({ name }) => name === mount.name),
      ),
  );
}

/** A volume that the pod does not list comes from a claim template. */
function holdsData(mount: JsonObject, volume: JsonObject | undefined): boolean {
  if (volume === undefined) return true;
  if (settings.some((type) => objectAt(volume, type) !== undefined)) return false;
  return objectAt(volume, "emptyDir") === undefined || !scratch.test(stringAt(mount, "mountPath") ?? "");
}
