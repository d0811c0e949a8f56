import { type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** `hook.Types`, `hook.DeletePolicies` and `syncwaves.Wave` in gitops-engine: what they do not know they leave out. */
export const syncAnnotation = definePolicy({
  id: "gitops/sync-annotation",
  severity: "warning",
  why: "Argo CD leaves out what it does not know in its annotations: a resource that is a hook of no type that it knows is never applied, one whose wave is no whole number is in wave 0. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
  fix: "Write it as Argo CD does, capitals and all.",
  *check(resource): Generator<Violation> {
    const annotations = objectAt(objectAt(resource.object, "metadata"), "annotations");
    if (annotations === undefined) return;
    yield* ofHook(resource, annotations);
    yield* ofWave(resource, annotations);
    yield* ofPolicies(annotations);
  },
});

const hook = "argocd.argoproj.io/hook";
const hookTypes = ["PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"];
const policy = "argocd.argoproj.io/hook-delete-policy";
const policies = ["HookSucceeded", "HookFailed", "BeforeHookCreation"];
const wave = "argocd.argoproj.io/sync-wave";

const pointerOf = (annotation: string) => join("/metadata/annotations", annotation);

function* ofHook({ kind, name }: Resource, annotations: JsonObject): Generator<Violation> {
  const said = saidBy(annotations, hook);
  const unknown = said?.filter((one) => !hookTypes.includes(one)) ?? [];
  if (said === undefined || (unknown.length === 0 && said.length > 0)) return;
  const help = `The types of hooks: ${hookTypes.join(", ")}.`;
  // Argo CD then does what Helm would.
  const isNever = unknown.length === said.length && annotations["helm.sh/hook"] === undefined;
  const names = unknown.join(", ");
  const what =
    unknown.length === 0 ? "it says no type of hook" : `${names} is no type of hook${near(unknown, hookTypes)}`;
  const message = isNever
    ? `Argo CD never applies ${kind} ${name}: ${what}`
    : `${names || "this"} is no type of hook of Argo CD, which leaves it out${near(unknown, hookTypes)}`;
  yield { pointer: pointerOf(hook), message, help, ...(isNever && { severity: "error" }) };
}

function* ofWave({ kind, name }: Resource, annotations: JsonObject): Generator<Violation> {
  const said = stringAt(annotations, wave);
  // Argo CD then takes the weight of a hook of Helm.
  if (said === undefined || isOpen(said) || annotations["helm.sh/hook-weight"] !== undefined || /^[+-]?\d+$/.test(said))
    return;
  const help = 'Write a whole number in quotes, as in "5" or "-1".';
  yield {
    pointer: pointerOf(wave),
    message: `${kind} ${name} is in wave 0: ${JSON.stringify(said)} is no whole number`,
    help,
  };
}

function* ofPolicies(annotations: JsonObject): Generator<Violation> {
  const unknown = saidBy(annotations, policy)?.filter((one) => !policies.includes(one)) ?? [];
  if (unknown.length === 0) return;
  const message = `${unknown.join(", ")} is no hook-delete-policy of Argo CD, which leaves it out${near(unknown, policies)}`;
  yield { pointer: pointerOf(policy), message, help: `The policies: ${policies.join(", ")}.` };
}

/** What an annotation lists, as `GetAnnotationCSVs` has it; undefined where there is none, or nobody knows what it will be. */
function saidBy(annotations: JsonObject, name: string): string[] | undefined {
  const said = stringAt(annotations, name);
  if (said === undefined || isOpen(said)) return undefined;
  return said.split(",").flatMap((one) => one.trim() || []);
}

function isOpen(text: string): boolean {
  return hasVariable(text) || text.includes("{{");
}

function near([first = ""]: readonly string[], known: readonly string[]): string {
  return didYouMean(first, known);
}
