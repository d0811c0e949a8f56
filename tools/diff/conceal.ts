import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import { at } from "../core/pointer.ts";
import type { Resource } from "../core/resource.ts";
import type { Policy } from "../policy/define.ts";
import { credentialIn } from "../rules/lib/credentials.ts";
import { isPasswordHash, isSecretValue } from "../rules/lib/secret-value.ts";
import { secretInConfig } from "../rules/security/secret-in-config.ts";
import { secretInEnv } from "../rules/security/secret-in-env.ts";

/** Replaces secrets in all strings of a value. */
export type Conceal = <T>(shown: T) => T;

/** The rules that detect secrets outside of Secret objects. */
const finders: readonly Policy[] = [secretInEnv, secretInConfig];

/**
 * Collects the secrets in some objects: values of Secrets under a credential's name, both plain and in base64, and what the
 * gate's rules find in variables, arguments, annotations and ConfigMaps. The result hides them wherever their text appears: in a
 * value, in a message from the API server, in another object.
 */
export function concealing(resources: readonly Resource[]): Conceal {
  const found = new Set(resources.flatMap((resource) => [...inSecret(resource), ...elsewhere(resource)]));
  // Longest first: a secret may be part of another one.
  const secrets = [...found].filter(isTelling).sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return (shown) => shown;
  const conceal = (value: unknown): unknown => {
    if (typeof value === "string") return withoutSecrets(value, secrets);
    if (Array.isArray(value)) return value.map(conceal);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, conceal(one)]));
  };
  return (shown) => conceal(shown) as typeof shown;
}

/** Shorter texts appear by chance: hiding them everywhere would reveal more than it hides. */
const isTelling = (secret: string) => secret.length >= 5;

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (left, secret) =>
      left.includes(secret) ? left.replaceAll(secret, `(hidden, ${Buffer.byteLength(secret)} bytes)`) : left,
    text,
  );
}

function inSecret({ kind, object }: Resource): string[] {
  if (kind !== "Secret") return [];
  const encoded = strings(objectAt(object, "data")).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString("utf8"),
  ]);
  return [...encoded, ...strings(objectAt(object, "stringData"))].flatMap(([key = "", text = ""]) =>
    credentialIn(text) !== undefined || isSecretValue(key, text) || isPasswordHash(text)
      ? [text, Buffer.from(text).toString("base64")]
      : [],
  );
}

function elsewhere(resource: Resource): string[] {
  return finders.flatMap((rule) => {
    const places = [
      ...(rule.check?.(resource, { target: { path: ".", kind: "manifests" }, resources: [resource] }) ?? []),
    ];
    return places.flatMap(({ pointer }) => textAt(resource.object, pointer));
  });
}

function textAt(object: JsonObject, pointer: string): string[] {
  const value: Json | undefined = at(object, pointer);
  return typeof value === "string" ? [value] : [];
}

function strings(object: JsonObject | undefined): [string, string][] {
  return Object.entries(isObject(object) ? object : {}).filter(
    (one): one is [string, string] => typeof one[1] === "string",
  );
}
