import { isObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import { sopsMark } from "../../core/sops.ts";
import { keys, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { configKey } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { byteLength, textOf } from "../../vocabulary/text.ts";

const largest = 1024 * 1024;

/** The number of bytes after decoding. */
function decodedLength(base64: string): number {
  const plain = base64.replace(/[\r\n]/g, "");
  return (plain.length / 4) * 3 - (plain.endsWith("==") ? 2 : plain.endsWith("=") ? 1 : 0);
}

const entriesOf = (map: Json | undefined): [string, Json][] => (isObject(map) ? Object.entries(map) : []);

function sizeOf(data: Json | undefined, lengthOf: (text: string) => number): number {
  return entriesOf(data).reduce((sum, [, value]) => sum + lengthOf(textOf(value)), 0);
}

function tooLarge(size: number, at: Place): void {
  const sentence = `${at.name()} has ${size} bytes; at most ${largest} are allowed`;
  at.report("TooLong", sentence, "Split it, or move the data to a volume.", "apply/config-size");
}

/** `ValidateConfigMap`: a key must not be in both maps. */
const configMap = onObject((object, at) => {
  const { data, binaryData } = object;
  const size = sizeOf(data, byteLength) + sizeOf(binaryData, decodedLength);
  if (size > largest) tooLarge(size, at);
  for (const [key] of isObject(binaryData) ? entriesOf(data) : []) {
    if (Object.hasOwn(binaryData as JsonObject, key))
      at.beneath(["data", key], () => at.invalid("is also a key of binaryData", "Remove one of the two."));
  }
});

/** Checks what a Secret of some type must contain (`ValidateSecret`). */
type Demands = (secret: Contents, at: Place) => void;

/** The data of a Secret, overridden by its stringData. */
class Contents {
  readonly #data: JsonObject;
  readonly #strings: JsonObject;

  constructor({ data, stringData }: JsonObject) {
    this.#data = isObject(data) ? data : {};
    this.#strings = isObject(stringData) ? stringData : {};
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#strings, key) || Object.hasOwn(this.#data, key);
  }

  /** The value of a key as text; invalid UTF-8 is replaced. */
  text(key: string): string {
    if (Object.hasOwn(this.#strings, key)) return textOf(this.#strings[key]);
    return Buffer.from(textOf(this.#data[key]), "base64").toString();
  }

  /** The path of a key in the manifest. */
  place(key: string): readonly string[] {
    return [Object.hasOwn(this.#strings, key) ? "stringData" : "data", key];
  }

  get size(): number {
    const overlaid = Object.keys(this.#strings).filter((key) => Object.hasOwn(this.#data, key));
    const hidden = overlaid.reduce((sum, key) => sum + decodedLength(textOf(this.#data[key])), 0);
    return sizeOf(this.#strings, byteLength) + sizeOf(this.#data, decodedLength) - hidden;
  }
}

function needs(secret: Contents, key: string, at: Place, type: string): boolean {
  if (secret.has(key)) return true;
  at.beneath(secret.place(key), () => at.required(`in a Secret of type ${type}`));
  return false;
}

const jsonIn =
  (key: string): Demands =>
  (secret, at) => {
    if (!needs(secret, key, at, textOf(at.root.type)) || isJsonObject(secret.text(key))) return;
    const help = 'Use the JSON that docker login writes: {"auths": {…}}.';
    at.beneath(secret.place(key), () => at.invalid("is not a JSON object", help));
  };

function isJsonObject(text: string): boolean {
  const value = parseJson(text);
  return value === null || isObject(value);
}

/** The checks by type. Private keys are not checked: in a repository, they are often placeholders. */
const ofTypes: Readonly<Record<string, Demands>> = {
  "kubernetes.io/dockercfg": jsonIn(".dockercfg"),
  "kubernetes.io/dockerconfigjson": jsonIn(".dockerconfigjson"),
  "kubernetes.io/basic-auth": (secret, at) => {
    if (secret.has("username") || secret.has("password")) return;
    needs(secret, "username", at, "kubernetes.io/basic-auth");
    needs(secret, "password", at, "kubernetes.io/basic-auth");
  },
  "kubernetes.io/ssh-auth": (secret, at) => {
    const key = "ssh-privatekey";
    if (secret.text(key) === "")
      at.beneath(secret.place(key), () => at.required("in a Secret of type kubernetes.io/ssh-auth"));
  },
  "kubernetes.io/tls": (secret, at) => {
    const missing = ["tls.crt", "tls.key"].filter((key) => !needs(secret, key, at, "kubernetes.io/tls"));
    const certificate = secret.text("tls.crt");
    if (missing.length > 0 || /-----BEGIN CERTIFICATE-----/.test(certificate) || certificate.includes(sopsMark)) return;
    at.beneath(secret.place("tls.crt"), () => at.warn("contains no certificate in PEM", "Use a certificate in PEM."));
  },
  "kubernetes.io/service-account-token": (_, at) => {
    const { metadata } = at.root;
    const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
    if (textOf(annotations[accountName]) !== "") return;
    at.beneath(["metadata", "annotations", accountName], () =>
      at.required(
        "in a Secret of type kubernetes.io/service-account-token",
        "Set it to the name of the ServiceAccount.",
      ),
    );
  },
};

const accountName = "kubernetes.io/service-account.name";

const secret = onObject((object, at) => {
  const contents = new Contents(object);
  const type = textOf(object.type);
  if (contents.size > largest) at.under("data", () => tooLarge(contents.size, at));
  if (Object.hasOwn(ofTypes, type)) ofTypes[type]?.(contents, at);
});

const named: Check = keys((key, at) => {
  if (!configKey.fits(textOf(key))) at.invalid(configKey.fault, configKey.help);
});

/** https://kubernetes.io/docs/concepts/configuration/ */
export const config: TypeDemands = {
  "core.v1.ConfigMap": [configMap, rule("apply/name", { data: named, binaryData: named })],
  "core.v1.Secret": [secret, rule("apply/name", { data: named, stringData: named })],
};
