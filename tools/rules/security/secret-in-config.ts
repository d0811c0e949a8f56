import { type JsonObject, objectAt } from "../../core/json.ts";
import { type Container, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { isSealed } from "../../core/sops.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { containersIn } from "../lib/containers.ts";
import { wordsOf } from "../lib/contracts.ts";
import { credentialIn } from "../lib/credentials.ts";
import { isSecretValue } from "../lib/secret-value.ts";
import { isSettingsFile, secretSettingIn } from "../lib/settings-file.ts";

/** A text that may hold a secret: what it is in, the name that it has there, if any, and the text. */
interface Place {
  readonly pointer: string;
  readonly where: string;
  readonly name?: string;
  readonly text: string;
  readonly isFile?: boolean;
}

export const secretInConfig = definePolicy({
  id: "security/secret-in-config",
  severity: "error",
  why: "A ConfigMap, an argument and an annotation are not kept from anybody: whoever may look at the workload, the node's processes or the repository reads them. https://kubernetes.io/docs/concepts/configuration/secret/",
  fix: "Move it into a Secret, and replace the secret, for it is known now.",
  *check(resource): Generator<Violation> {
    if (isSealed(resource)) return;
    for (const place of placesIn(resource)) {
      const what = credentialIn(place.text) ?? namedSecret(place);
      if (what === undefined) continue;
      const { pointer, where } = place;
      yield { pointer, message: `${where} of ${resource.kind} ${resource.name} holds ${what} that everybody can read` };
    }
  },
});

function namedSecret({ name, text, isFile }: Place): string | undefined {
  if (name !== undefined) return isSecretValue(name, text) ? "a secret" : undefined;
  const setting = isFile ? secretSettingIn(text) : undefined;
  return setting && `a secret (${setting})`;
}

function* placesIn(resource: Resource): Generator<Place> {
  const pod = podOf(resource);
  yield* inAnnotations(objectAt(resource.object, "metadata"), "/metadata");
  if (pod !== undefined && pod.pointer !== "") yield* inAnnotations(pod.metadata, `${pod.pointer}/metadata`);
  if (resource.kind === "ConfigMap" && resource.apiVersion === "v1") {
    for (const [key, text] of stringsOf(objectAt(resource.object, "data"))) {
      const pointer = join("/data", key);
      if (text.trim().includes("\n")) yield { pointer, where: `key ${key}`, text, isFile: isSettingsFile(key) };
      else yield { pointer, where: `key ${key}`, text, name: key };
    }
  }
  for (const container of containersIn(resource)) yield* inArguments(container);
}

/** The value of a flag has the flag's name: `--token=…`, `--token …`. */
function* inArguments(container: Container): Generator<Place> {
  const words = wordsOf(container);
  const where = `an argument of container ${container.name}`;
  for (const [index, { word, pointer: within }] of words.entries()) {
    const pointer = container.pointer + within;
    const [, name, value] = /^--?([\w.-]{1,100})=(.*)$/s.exec(word) ?? [];
    const before = word.startsWith("-") ? undefined : /^--([\w.-]{1,100})$/.exec(words[index - 1]?.word ?? "")?.[1];
    if (name !== undefined && value !== undefined) yield { pointer, where, name, text: value };
    else yield { pointer, where, text: word, ...(before !== undefined && { name: before }) };
  }
}

function* inAnnotations(metadata: JsonObject | undefined, pointer: string): Generator<Place> {
  for (const [key, text] of stringsOf(objectAt(metadata, "annotations"))) {
    yield { pointer: join(`${pointer}/annotations`, key), where: `annotation ${key}`, text };
  }
}

function stringsOf(object: JsonObject | undefined): [string, string][] {
  return Object.entries(object ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
