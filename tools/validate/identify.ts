import { type IdentityField, misspeltKey } from "../core/identity.ts";
import { isObject, type Json } from "../core/json.ts";
import { sopsMark } from "../core/sops.ts";
import type { Place } from "../vocabulary/place.ts";
import { since, wordsFor } from "../vocabulary/versions.ts";
import { type Lifecycle, lifecycleOf } from "./lifecycle.ts";
import type { Change } from "./migration.ts";
import type { Schemas } from "./schemas.ts";
import type { Kind } from "./shape.ts";
import { reportUnknown, unknownKind } from "./unknown-kind.ts";

/**
 * The kind of a resource. Reports a missing, unknown or unserved kind. For a removed API, returns the kind that
 * replaces it, so that the walk reports what the new kind requires.
 */
export function identify(at: Place, schemas: Schemas): Kind | undefined {
  const named = [identityField("apiVersion", at), identityField("kind", at)];
  if (named.includes(false) || isCipher(at)) return undefined;
  const kind = schemas.kind(at.apiVersion, at.kind);
  const life = lifecycleOf(at.apiVersion, at.kind);
  if (kind !== undefined) checkServed(kind, life, at);
  else if (life?.removed !== undefined) return removed(life, schemas, at);
  else reportUnknown(at, schemas);
  return kind;
}

/** Reports a missing or malformed `apiVersion` or `kind`. */
function identityField(field: IdentityField, at: Place): boolean {
  const value = Object.hasOwn(at.root, field) ? at.root[field] : undefined;
  if (typeof value === "string" && value !== "") return true;
  const typo = misspeltKey(field, at.root);
  at.enter(typo ?? field);
  if (value === undefined || value === null || value === "") {
    const help = typo === undefined ? `Add ${examples[field]}.` : `Did you mean ${field}?`;
    at.report("Required", `the manifest has no ${field}`, help, "schema/required");
  } else at.report("TypeInvalid", `${field} is ${at.show(value)}; expected a string`, undefined, "schema/type");
  at.leave();
  return false;
}

/** Reports an object that SOPS has encrypted as a whole. https://fluxcd.io/flux/guides/mozilla-sops/ */
function isCipher(at: Place): boolean {
  const isEncrypted = at.apiVersion.startsWith(sopsMark) || at.kind.startsWith(sopsMark);
  if (isEncrypted)
    at.report(
      "NotSupported",
      "SOPS has encrypted apiVersion, kind and metadata, too, which Flux does not support",
      "Decrypt the file, set encrypted_regex: ^(data|stringData)$ in .sops.yaml, and encrypt it again.",
      unknownKind,
    );
  return isEncrypted;
}

const examples = { apiVersion: 'an apiVersion such as "apps/v1"', kind: 'a kind such as "Deployment"' };

/** Reports the requested versions that do not serve a known kind. */
function checkServed(kind: Kind, life: Lifecycle | undefined, at: Place): void {
  const name = `${kind.apiVersion} ${kind.kind}`;
  const gone = life?.removed === undefined ? 0 : at.asked & since(life.removed);
  const without = at.asked & ~kind.versions & ~gone;
  const say = (message: string, help: string) => at.report("NotSupported", message, help, unknownKind);
  if (kind.scope === "subresource") {
    say(`${name} is a subresource: it is sent to an existing object and cannot be applied`, "Remove it.");
  } else if (life !== undefined && gone !== 0) reportRemoved(life, at);
  else if (without !== 0) {
    say(
      `${name} was added after Kubernetes ${wordsFor(without)}`,
      "Use an API version that all requested Kubernetes versions serve.",
    );
  } else if (kind.off) {
    const stable = life?.use === undefined ? "a stable version of the API" : life.use;
    say(
      `${name} is not served unless it is enabled in the cluster`,
      `Use ${stable}, or waive this finding if the cluster enables it.`,
    );
  }
  if (life !== undefined && gone === 0 && (at.asked & since(life.deprecated)) !== 0) deprecated(life, at);
  if (kind.deprecation !== undefined) {
    at.enter("apiVersion");
    at.report("Invalid", kind.deprecation, undefined, "api/deprecated");
    at.leave();
  }
}

function removed(life: Lifecycle, schemas: Schemas, at: Place): Kind | undefined {
  reportRemoved(life, at);
  return life.use === undefined ? undefined : schemas.kind(life.use, life.kind ?? at.kind);
}

/** Reports a removed API with the changes that this manifest needs. */
function reportRemoved(life: Lifecycle, at: Place): void {
  at.enter("apiVersion");
  const successor = life.use === undefined ? life.instead : `${life.use} ${life.kind ?? at.kind}`;
  const sentence = `${at.apiVersion} ${at.kind} was removed in Kubernetes ${life.removed}; use ${successor}`;
  const changes = life.changes.filter((change) => applies(change, at.root));
  at.rewritten = changes.flatMap(({ settles }) => settles);
  const instructions = changes.map(({ say }) => say);
  const steps = life.use === undefined ? instructions : [`set apiVersion: ${life.use}`, ...instructions];
  at.report(
    "NotSupported",
    sentence,
    steps.length === 0 ? "Remove the object: no API replaces it." : `${capitalised(steps.join("; "))}.`,
    "api/removed",
  );
  at.leave();
}

function deprecated(life: Lifecycle, at: Place): void {
  at.enter("apiVersion");
  const successor = life.use === undefined ? life.instead : `${life.use} ${life.kind ?? at.kind}`;
  const end = life.removed === undefined ? "" : ` and removed in ${life.removed}`;
  const sentence = `${at.apiVersion} ${at.kind} is deprecated since Kubernetes ${life.deprecated}${end}`;
  at.report("Invalid", sentence, `Use ${successor}.`, "api/deprecated");
  at.leave();
}

function applies({ path, absent }: Change, root: Json): boolean {
  const [last = "", ...before] = [...path].reverse();
  const holders = before
    .reverse()
    .reduce<Json[]>((values, step) => values.flatMap((value) => stepsInto(value, step)), [root]);
  return holders.some((holder) => isObject(holder) && (holder[last] === undefined) === (absent === true));
}

function stepsInto(value: Json, step: string): Json[] {
  if (step === "*") return Array.isArray(value) ? value : [];
  return isObject(value) && Object.hasOwn(value, step) ? [value[step] as Json] : [];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
