import { isObject, type Json, type JsonObject, objectAt, parseJson, stringAt } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";
import { isSealed, sopsMark } from "../../core/sops.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { textOfBase64 } from "../../vocabulary/pem.ts";
import { credentialIn } from "../lib/credentials.ts";
import { isPlaceholder } from "../lib/placeholder.ts";
import { isPlainSetting } from "../lib/plain-setting.ts";
import { isPublicText } from "../lib/public-text.ts";
import { isPasswordHash, isSecretValue, leadsElsewhere } from "../lib/secret-value.ts";
import { isSettingsFile, secretSettingIn } from "../lib/settings-file.ts";

/** The cluster fills in these tokens. https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const filledIn = "kubernetes.io/service-account-token";

/** Keys of harmless values in the Secrets of databases, registries, certificates and Argo CD's repositories. */
const known =
  /^(?:sops_.*|(?:.*[-_.])?(?:user(?:[-_]?name)?|host(?:name)?|port|type|name|database|dbname|region|bucket|endpoint)|server|url|namespace|project|.*attribute[-_]path|.*[-_]id|(?:.*[-_.])?(?:client|tenant|app|application|account|subscription)id|audience|email|insecure|forcehttpbasicauth|enable(?:oci|lfs)|known_hosts|ca|ca\.crt|tls\.crt|.*\.pub)$/i;

/** Files whose content is shown to people. */
const shown = /\.(?:css|html?|svg|md)$/i;

/** A Service of the cluster. */
const address = /^(?:localhost|[a-z0-9.-]+\.svc(?:\.cluster\.local)?\.?)(?::\d+)?$/;

export const plaintextSecret = definePolicy({
  id: "security/plaintext-secret",
  severity: "error",
  why: "Base64 hides nothing: anyone who can read the repository can read the secret, and the Git history keeps it forever. https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  fix: "Encrypt it with SOPS, seal it (SealedSecret), or fetch it with an ExternalSecret; then replace the secret, because it has been exposed. Move values that are not secret to a ConfigMap.",
  match: { apiVersion: "v1", kind: "Secret" },
  *check(secret): Generator<Violation> {
    const { object, name } = secret;
    if (object.type === filledIn || isSealed(secret)) return;
    const written = [...readable(object, "stringData"), ...readable(object, "data")].sort(
      (a, b) => Number(b.isTelling) - Number(a.isTelling) || (a.pointer < b.pointer ? -1 : 1),
    );
    const [first] = written;
    if (first === undefined) return;
    const keys = written.map(({ key }) => key);
    const shown = [...keys.slice(0, 3), ...(keys.length > 3 ? [`${keys.length - 3} more`] : [])].join(", ");
    yield { pointer: first.pointer, message: `Secret ${name} holds values that anyone can read: ${shown}` };
  },
});

/** A key with a secret value in plain text, or in Base64. */
interface Written {
  readonly key: string;
  readonly pointer: string;
  /** The key or the form of the value says that it is a secret. */
  readonly isTelling: boolean;
}

function readable(object: JsonObject, field: "data" | "stringData"): Written[] {
  return Object.entries(objectAt(object, field) ?? {}).flatMap(([key, value]) => {
    if (typeof value !== "string") return [];
    const text = field === "data" ? (textOfBase64(value) ?? value) : value;
    if (isHarmless(key, text)) return [];
    const isTelling = credentialIn(text) !== undefined || isSecretValue(key, text);
    return [{ key, pointer: join(`/${field}`, key), isTelling }];
  });
}

/** Whether the logins of registries, by their hosts, are all empty: for programs that need the file but no login. */
function isWithoutLogins(key: string, text: string): boolean {
  if (key !== ".dockerconfigjson" && key !== ".dockercfg") return false;
  const config = parseJson(text);
  if (!isObject(config)) return false;
  const logins = Object.values((key === ".dockercfg" ? config : objectAt(config, "auths")) ?? {});
  return logins.every((one) => isObject(one) && secrets.every((name) => isPlaceholder(stringAt(one, name) ?? "")));
}

/** https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go */
const secrets = ["auth", "password", "identitytoken", "registrytoken"];

/** Deeper than settings are nested. */
const deepest = 10;

/** Whether the settings in an object are all numbers and switches: `{"tlsClientConfig": {"insecure": false}}`. */
function isWithoutTexts(value: Json | undefined): boolean {
  return isObject(value) && !hasText(value, 0);
}

function hasText(value: Json, depth: number): boolean {
  if (depth > deepest) return true;
  if (isObject(value) || Array.isArray(value)) return Object.values(value).some((one) => hasText(one, depth + 1));
  return typeof value === "string" && value !== "";
}

/** Whether a value is not secret. A settings file is kept in a Secret for its secret lines, and may have none. */
function isHarmless(key: string, text: string): boolean {
  if (isPlaceholder(text) || text.includes(sopsMark) || isWithoutLogins(key, text)) return true;
  if (credentialIn(text) !== undefined) return false;
  if (known.test(key) || isPlainSetting(key, text) || isPasswordHash(text)) return true;
  if (leadsElsewhere(text) || address.test(text) || isPublicText(text) || isWithoutTexts(parseJson(text))) return true;
  return (isSettingsFile(key) || shown.test(key)) && secretSettingIn(text) === undefined;
}
