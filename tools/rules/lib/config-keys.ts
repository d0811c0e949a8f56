import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { createdFrom, creatorsIn } from "./created.ts";
import type { Named } from "./named-references.ts";
import { isDeclared } from "./provided.ts";
import { groupKind } from "./target.ts";

/** The keys of a rendered ConfigMap or Secret; undefined if a controller adds some: an empty one is meant to be filled. */
export const keysOf = once(({ object }: Resource): readonly string[] | undefined => {
  if (object.type === "kubernetes.io/service-account-token" || isInjected(object)) return undefined;
  const keys = ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(objectAt(object, field) ?? {}));
  return keys.length > 0 ? keys : undefined;
});

function isInjected({ metadata }: JsonObject): boolean {
  const words = JSON.stringify(metadata) ?? "";
  return /inject|reflector|replicat/.test(words);
}

/** The resource that a Secret is created from, and its keys. */
export interface CreatedKeys {
  readonly creator: Resource;
  readonly keys: readonly string[];
}

/** Undefined if it is not known which keys a Secret will have. */
export function createdKeys(secret: Named, context: TargetContext): CreatedKeys | undefined {
  if (secret.kind !== "Secret" || isDeclared(secret, context)) return undefined;
  const creators = creatorsIn(context)(secret.namespace).filter((one) =>
    createdFrom(one)?.some(([kind, name]) => kind === secret.kind && name === secret.name),
  );
  const [creator, other] = creators;
  const keys = creator && other === undefined ? keysFrom[groupKind(creator)]?.(creator) : undefined;
  return creator && keys && { creator, keys };
}

type KeysFrom = (resource: Resource) => readonly string[] | undefined;

const ofCertificate = ["tls.crt", "tls.key", "ca.crt"];

const keysFrom: Readonly<Record<string, KeysFrom>> = {
  "Certificate.cert-manager.io": ({ object }) => {
    const { keystores, additionalOutputFormats } = objectAt(object, "spec") ?? {};
    return keystores === undefined && additionalOutputFormats === undefined ? ofCertificate : undefined;
  },
  // https://github.com/bitnami-labs/sealed-secrets#sealedsecrets-as-templates-for-secrets
  "SealedSecret.bitnami.com": ({ object }) => {
    const spec = objectAt(object, "spec");
    const sealed = objectAt(spec, "encryptedData");
    return sealed && [...Object.keys(sealed), ...Object.keys(objectAt(objectAt(spec, "template"), "data") ?? {})];
  },
  "ExternalSecret.external-secrets.io": ofExternalSecret,
};

/** A template replaces the fetched keys, unless it is merged. https://external-secrets.io/latest/guides/templating/ */
function ofExternalSecret({ object }: Resource): readonly string[] | undefined {
  const spec = objectAt(object, "spec");
  const target = objectAt(spec, "target");
  const policy = stringAt(target, "creationPolicy") ?? "Owner";
  const template = objectAt(target, "template");
  if (policy !== "Owner" || target?.manifest !== undefined || listAt(template, "templateFrom").length > 0)
    return undefined;
  const written = Object.keys(objectAt(template, "data") ?? {});
  if (written.length > 0 && template?.mergePolicy !== "Merge") return written;
  if (listAt(spec, "dataFrom").length > 0) return undefined;
  const fetched = listAt(spec, "data").map((one) => (isObject(one) ? (stringAt(one, "secretKey") ?? "") : ""));
  return [...fetched, ...written];
}
