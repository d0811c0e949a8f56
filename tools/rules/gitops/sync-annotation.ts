import { type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import { didYouMean, isOneEditApart, nearest } from "../../core/nearest.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { type Placed, valuesAt } from "../lib/places.ts";
import { helmHookAnnotation, helmWeightAnnotation, hookAnnotation, wave } from "../lib/sync/sync-order.ts";

/** `hook.Types`, `hook.DeletePolicies` and `syncwaves.Wave` in gitops-engine ignore unknown values. */
export const syncAnnotation = definePolicy({
  id: "gitops/sync-annotation",
  severity: "warning",
  why: "Argo CD ignores unknown annotations, sync options and values: a hook without a known type is never applied, and a resource whose wave is not a whole number is in wave 0. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
  fix: "Spell it as Argo CD does, including capitals.",
  *check(resource): Generator<Violation> {
    const annotations = objectAt(objectAt(resource.object, "metadata"), "annotations");
    if (isApplication(resource)) yield* ofOptions(optionsOf(resource));
    if (annotations === undefined) return;
    yield* ofOptions(optionsIn(annotations));
    yield* ofHook(resource, annotations);
    yield* ofWave(resource, annotations);
    yield* ofPolicies(annotations);
    yield* ofKeys(annotations);
  },
});

const hookTypes = ["PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"];
const policy = "argocd.argoproj.io/hook-delete-policy";
const policies = ["HookSucceeded", "HookFailed", "BeforeHookCreation"];

const pointerOf = (annotation: string) => join("/metadata/annotations", annotation);

function* ofHook({ kind, name }: Resource, annotations: JsonObject): Generator<Violation> {
  const values = valuesOf(annotations, hookAnnotation);
  const unknown = values?.filter((one) => !hookTypes.includes(one)) ?? [];
  if (values === undefined || (unknown.length === 0 && values.length > 0)) return;
  const help = `Use one of ${hookTypes.join(", ")}.`;
  // Argo CD then uses the Helm hook instead.
  const isNever = unknown.length === values.length && annotations[helmHookAnnotation] === undefined;
  const isEmpty = unknown.length === 0;
  const type = `unknown hook type ${unknown.join(", ")}${near(unknown, hookTypes)}`;
  const message = isNever
    ? `Argo CD never applies ${kind} ${name}: ${isEmpty ? "its hook type is empty" : type}`
    : `Argo CD ignores ${isEmpty ? "an empty hook type" : type}`;
  yield { pointer: pointerOf(hookAnnotation), message, help, ...(isNever && { severity: "error" }) };
}

function* ofWave({ kind, name }: Resource, annotations: JsonObject): Generator<Violation> {
  const value = stringAt(annotations, wave);
  // Argo CD then uses the weight of the Helm hook.
  if (
    value === undefined ||
    hasPlaceholder(value) ||
    annotations[helmWeightAnnotation] !== undefined ||
    /^[+-]?\d+$/.test(value)
  )
    return;
  const help = 'Use a whole number in quotes, such as "5" or "-1".';
  yield {
    pointer: pointerOf(wave),
    message: `${kind} ${name} is in wave 0: ${JSON.stringify(value)} is not a whole number`,
    help,
  };
}

function* ofPolicies(annotations: JsonObject): Generator<Violation> {
  const unknown = valuesOf(annotations, policy)?.filter((one) => !policies.includes(one)) ?? [];
  if (unknown.length === 0) return;
  const message = `Argo CD ignores unknown hook-delete-policy ${unknown.join(", ")}${near(unknown, policies)}`;
  yield { pointer: pointerOf(policy), message, help: `Use one of ${policies.join(", ")}.` };
}

const options = [
  ...["Validate", "SkipDryRunOnMissingResource", "Delete", "Prune", "ApplyOutOfSyncOnly", "PrunePropagationPolicy"],
  ...["PruneLast", "Replace", "Force", "ServerSideApply", "FailOnSharedResource", "RespectIgnoreDifferences"],
  ...["CreateNamespace", "ClientSideApplyMigration"],
];
const optionsAnnotation = "argocd.argoproj.io/sync-options";

function isApplication({ kind }: Resource): boolean {
  return kind === "Application" || kind === "ApplicationSet";
}

function optionsOf({ kind, object }: Resource): Placed[] {
  return valuesAt(object, `${kind === "ApplicationSet" ? "spec/template/" : ""}spec/syncPolicy/syncOptions/*`);
}

function optionsIn(annotations: JsonObject): Placed[] {
  const pointer = pointerOf(optionsAnnotation);
  return (valuesOf(annotations, optionsAnnotation) ?? []).map((value) => ({ value, pointer }));
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/ */
function* ofOptions(places: readonly Placed[]): Generator<Violation> {
  for (const { value, pointer } of places) {
    const [name = ""] = String(value).split("=");
    const meant = options.includes(name) ? undefined : nearest(name, options);
    if (meant === undefined) continue;
    yield { pointer, message: `Argo CD ignores the unknown sync option ${name}`, help: `Did you mean ${meant}?` };
  }
}

const keys = ["hook", "hook-delete-policy", "sync-wave", "sync-options", "compare-options", "manifest-generate-paths"];

/** Annotations whose key is almost one of Argo CD. */
function* ofKeys(annotations: JsonObject): Generator<Violation> {
  for (const key of Object.keys(annotations)) {
    if (!key.includes("argo")) continue;
    const [domain = "", name = ""] = key.split("/");
    const isOwn = domain === "argocd.argoproj.io";
    const meant = isOwn
      ? keys.find((one) => isOneEditApart(one, name))
      : keys.find((one) => one === name && /(?:^|\.)argo(?:cd|proj)?(?:\.|$)/.test(domain));
    if (meant === undefined || keys.includes(name) === isOwn) continue;
    const help = `Did you mean argocd.argoproj.io/${meant}?`;
    yield { pointer: pointerOf(key), message: `Argo CD does not know the annotation ${key}`, help };
  }
}

/** The values that an annotation lists, as in `GetAnnotationCSVs`; undefined if it is missing or has a placeholder. */
function valuesOf(annotations: JsonObject, name: string): string[] | undefined {
  const text = stringAt(annotations, name);
  if (text === undefined || hasPlaceholder(text)) return undefined;
  return text.split(",").flatMap((one) => one.trim() || []);
}

function hasPlaceholder(text: string): boolean {
  return hasVariable(text) || text.includes("{{");
}

function near([first = ""]: readonly string[], known: readonly string[]): string {
  return didYouMean(first, known);
}
