import { type JsonObject, objectAt } from "../../core/json.ts";
import { type Container, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { isSealed } from "../../core/sops.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { containersIn } from "../lib/containers.ts";
import { commandWords } from "../lib/contracts.ts";
import { findCredential } from "../lib/credentials.ts";
import { isSecretValue } from "../lib/secret-value.ts";
import { isSettingsFile, secretSettingIn } from "../lib/settings-file.ts";

/** A text that may hold a secret: what it is part of, its name there, if any, and the text. */
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
  why: "ConfigMaps, arguments and annotations are not protected: anyone who can see the workload, the node's processes or the repository can read them. https://kubernetes.io/docs/concepts/configuration/secret/",
  fix: "Move it into a Secret, and replace the secret, because it has been exposed.",
  *check(resource): Generator<Violation> {
    if (isSealed(resource)) return;
    for (const place of placesIn(resource)) {
      const found = findCredential(place.text) ?? namedSecret(place);
      if (found === undefined) continue;
      const { pointer, where, text } = place;
      const { what, offset } = found;
      const message = `${where} of ${resource.kind} ${resource.name} holds ${what} that anyone can read`;
      yield { pointer, ...(text.includes("\n") && { offset }), message };
    }
  },
});

function namedSecret({ name, text, isFile }: Place): { readonly what: string; readonly offset: number } | undefined {
  if (name !== undefined) return isSecretValue(name, text) ? { what: "a secret", offset: 0 } : undefined;
  const setting = isFile ? secretSettingIn(text) : undefined;
  return setting && { what: `a secret (${setting.name})`, offset: setting.offset };
}

function placesIn(resource: Resource): Place[] {
  const { apiVersion, kind, object } = resource;
  const pod = podOf(resource);
  return [
    ...inAnnotations(objectAt(object, "metadata"), "/metadata"),
    ...(pod === undefined || pod.pointer === "" ? [] : inAnnotations(pod.metadata, `${pod.pointer}/metadata`)),
    ...(kind === "ConfigMap" && apiVersion === "v1" ? stringsOf(objectAt(object, "data")).map(inData) : []),
    ...containersIn(resource).flatMap(inArguments),
  ];
}

function inData([key, text]: readonly [string, string]): Place {
  const place = { pointer: join("/data", key), where: `key ${key}`, text };
  return text.trim().includes("\n") ? { ...place, isFile: isSettingsFile(key) } : { ...place, name: key };
}

/** The arguments of a container. A flag's value takes the name of the flag: `--token=…`, `--token …`. */
function inArguments(container: Container): Place[] {
  const words = commandWords(container);
  const where = `an argument of container ${container.name}`;
  return words.map(({ word, pointer: within }, index) => {
    const pointer = container.pointer + within;
    const [, name, value] = /^--?([\w.-]{1,100})=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && value !== undefined) return { pointer, where, name, text: value };
    const before = word.startsWith("-") ? undefined : /^--([\w.-]{1,100})$/.exec(words[index - 1]?.word ?? "")?.[1];
    return { pointer, where, text: word, ...(before !== undefined && { name: before }) };
  });
}

function inAnnotations(metadata: JsonObject | undefined, pointer: string): Place[] {
  return stringsOf(objectAt(metadata, "annotations")).map(([key, text]) => ({
    pointer: join(`${pointer}/annotations`, key),
    where: `annotation ${key}`,
    text,
  }));
}

function stringsOf(object: JsonObject | undefined): [string, string][] {
  if (object === undefined) return [];
  return Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
