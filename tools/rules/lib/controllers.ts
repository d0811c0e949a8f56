import { groupByEach } from "../../core/group.ts";
import { isObject, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { type Container, containersOf } from "../../core/pod.ts";
import type { TargetContext } from "../../policy/define.ts";
import { accountOf, rulesOf } from "./accounts.ts";
import { configReferences } from "./config-references.ts";
import { commandWords } from "./contracts.ts";
import type { Named } from "./named-references.ts";
import { indexOf, mayBeSameNamespace, perTarget, type Workload } from "./target.ts";

/**
 * Whether a controller of the target creates a ConfigMap or Secret: a flag or a variable names it, and its role lets it create
 * objects of this kind: `--rulesConfigmapName=oathkeeper-rules`. What its own pods need to start must exist before.
 */
export function isCreatedByController({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "Secret" && kind !== "ConfigMap") return false;
  const called = [name, `${namespace ?? ""}/${name}`].flatMap((one) => creators(context)[kind].get(one) ?? []);
  return called.some(
    ({ resource, pod }) =>
      mayBeSameNamespace(resource.namespace, namespace) &&
      !configReferences(pod).some((one) => one.kind === kind && one.name === name && !one.optional),
  );
}

/** The workloads that may create objects of a kind, by the values of their flags and variables. */
const creators = perTarget((context) => {
  const of = (resource: string) =>
    groupByEach(
      indexOf(context).workloads.filter((one) => mayCreate(resource, one, context)),
      ({ pod }) => new Set(containersOf(pod).flatMap(settingsOf)),
    );
  return { Secret: of("secrets"), ConfigMap: of("configmaps") };
});

function mayCreate(resource: string, { resource: workload }: Workload, context: TargetContext): boolean {
  const account = accountOf(workload, context);
  const rules = account === undefined ? [] : rulesOf(account.name, workload.namespace, context);
  return rules.some(
    (rule) =>
      hasOneOf(rule, "apiGroups", "") &&
      hasOneOf(rule, "resources", resource) &&
      hasOneOf(rule, "verbs", "create") &&
      listAt(rule, "resourceNames").length === 0,
  );
}

function hasOneOf(rule: JsonObject, field: string, value: string): boolean {
  return listAt(rule, field).some((one) => one === value || one === "*");
}

/** The values of flags, `--name=value` and `--name value`, and of variables. */
function settingsOf(container: Container): string[] {
  const words = commandWords(container).map(({ word }) => word);
  const flags = words.flatMap((word, index) => {
    const value = /^--?[\w.-]{1,100}=(.*)$/s.exec(word)?.[1];
    if (value !== undefined) return value;
    return /^--?[\w.-]{1,100}$/.test(words[index - 1] ?? "") && !word.startsWith("-") ? word : [];
  });
  const env = listAt(container.object, "env").flatMap(
    (entry) => (isObject(entry) ? stringAt(entry, "value") : []) ?? [],
  );
  return [...flags, ...env];
}
