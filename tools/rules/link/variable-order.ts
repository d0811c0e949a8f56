import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Container, containersOf, podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { inWords } from "../lib/containers.ts";
import { commandWords } from "../lib/contracts.ts";
import { environmentOf } from "../lib/environment.ts";
import { isTypo } from "../lib/misspelt.ts";
import { indexOf } from "../lib/target.ts";

/**
 * `makeEnvironmentVariables` in k8s.io/kubernetes/pkg/kubelet. An undefined `$(NAME)` may be meant for the program, unless it
 * differs from a defined one in a letter.
 */
export const variableOrder = definePolicy({
  id: "link/variable-order",
  severity: "error",
  why: "The kubelet replaces $(NAME) only if the variable is already defined: by envFrom, by a Service, or by an earlier entry of env. If it is defined later, or not at all, the program gets the literal text $(NAME). https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/",
  fix: "Define a variable before the variables that use it. A kustomize patch puts its entries before the existing ones: repeat in the patch the variables that its entries use.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    for (const container of pod ? containersOf(pod) : []) {
      yield* judge(container, resource, context);
      yield* ofUndefined(container, resource, context);
      yield* ofShellSyntax(container, resource, context);
    }
  },
});

function* judge(container: Container, resource: Resource, context: TargetContext): Generator<Violation> {
  const entries = listAt(container.object, "env").map((entry) => (isObject(entry) ? entry : {}));
  const names = entries.map((entry) => stringAt(entry, "name"));
  for (const [index, entry] of entries.entries()) {
    const [name, own] = [names[index], index];
    const text = stringAt(entry, "value");
    if (!text?.includes("$(")) continue;
    const later = namedIn(text).filter((one) => names.indexOf(one) >= own);
    for (const one of new Set(later.filter((other) => !isFromElsewhere(other, container, resource, context)))) {
      const what = `variable ${name} of ${inWords(container, resource)} uses $(${one})`;
      yield {
        pointer: `${container.pointer}/env/${index}/value`,
        message:
          one === name ? `${what} in its own value: it is not defined yet` : `${what}, which is defined after it`,
        help:
          one === name
            ? "Variables of the image are not available here: write the whole value."
            : adviceOn(String(name), one, resource),
      };
    }
  }
}

/** What was rendered may have a patch; what was read from a file is as it is written. */
function adviceOn(name: string, later: string, { source }: Resource): string {
  const move = `Move ${later} before ${name}.`;
  if (source !== undefined) return move;
  return `${move} If a patch adds ${name}, it comes before the existing variables: repeat ${later} before it in the patch.`;
}

/** The values of variables and the words of the command, with their places in the container. */
function textsOf(container: Container): ReturnType<typeof commandWords> {
  const values = listAt(container.object, "env").flatMap((entry, index) => {
    const word = isObject(entry) ? stringAt(entry, "value") : undefined;
    return word === undefined ? [] : [{ word, pointer: `/env/${index}/value` }];
  });
  return [...values, ...commandWords(container)];
}

/** Variables that nothing defines: those of the image are not replaced, and a shell would take `$(NAME)` for a command. */
function* ofUndefined(container: Container, resource: Resource, context: TargetContext): Generator<Violation> {
  const using = textsOf(container).filter(({ word }) => word.includes("$("));
  if (using.length === 0) return;
  const { variables } = environmentOf(container, resource.namespace, context);
  for (const { word, pointer } of using)
    for (const name of new Set(namedIn(word))) {
      // The variables of a Service may come from another target: see discovery/env-name.
      if (!/^[A-Z][A-Z0-9_]*$/.test(name) || /_SERVICE_(?:HOST|PORT)/.test(name) || variables.has(name)) continue;
      if (isFromElsewhere(name, container, resource, context) || isOfIndexedJob(name, resource)) continue;
      const near = [...variables.keys()].sort().find((one) => isTypo(name, one));
      // In a script, other programs may replace it before it is applied.
      if (near === undefined && /[\s;]/.test(word.trim())) continue;
      const names = [...variables.keys()].sort().join(", ");
      yield {
        pointer: container.pointer + pointer,
        message: `${inWords(container, resource)} uses $(${name}), which nothing defines`,
        help: near
          ? `Did you mean $(${near})?`
          : `The defined variables: ${names || "none"}. Those of the image are not replaced.`,
        ...(near === undefined && { severity: "warning" }),
      };
    }
}

/** A shell anywhere in the command line replaces variables itself, and so do Java frameworks in their settings. */
const expanding = /(?:^|[\s/])(?:ba|da|a|z|k)?sh(?:\.exe)?(?=\s|$)|powershell|pwsh|cmd\.exe|envsubst/;
const javaSettings = /^(?:SPRING|QUARKUS|MICRONAUT|MP|JAVA|JVM|JDK|KC|KEYCLOAK|CATALINA|LOGGING)_/;

/** `$NAME` and `${NAME}` for a variable that the container has: no shell replaces them. A program might. */
function* ofShellSyntax(container: Container, resource: Resource, context: TargetContext): Generator<Violation> {
  const texts = textsOf(container).filter(({ word }) => /\$\{?[A-Z]/.test(word) && !/[\s;|`]/.test(word.trim()));
  if (texts.length === 0 || commandWords(container).some(({ word }) => expanding.test(word))) return;
  const { variables } = environmentOf(container, resource.namespace, context);
  if ([...variables.keys()].some((name) => javaSettings.test(name))) return;
  for (const { word, pointer } of texts)
    for (const [written, one, other] of word.matchAll(/(?<!\$)\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]*)(?!\w))/g)) {
      const name = one ?? other ?? "";
      // The same name is mostly for a tool that fills in manifests.
      if (!variables.has(name) || variables.get(name)?.pointer === container.pointer + pointer.replace(/\/value$/, ""))
        continue;
      yield {
        pointer: container.pointer + pointer,
        message: `${inWords(container, resource)} uses ${written}, which neither Kubernetes nor a shell replaces`,
        help: `Write $(${name}), unless the program itself replaces it.`,
        severity: "warning",
      };
    }
}

function isOfIndexedJob(name: string, { kind, object }: Resource): boolean {
  const spec = objectAt(object, "spec");
  const job = kind === "CronJob" ? objectAt(objectAt(spec, "jobTemplate"), "spec") : spec;
  return name === "JOB_COMPLETION_INDEX" && job?.completionMode === "Indexed";
}

/** The variables that a text uses (`Expand` in k8s.io/kubernetes/third_party/forked/golang/expansion): `$$` is a `$`. */
function namedIn(text: string): string[] {
  return [...text.matchAll(/\$(?:\(([^)]*)\)|[\s\S])/g)].flatMap(([, name]) => name ?? []);
}

/** Whether envFrom or a Service may define the variable. */
function isFromElsewhere(name: string, container: Container, { namespace }: Resource, context: TargetContext): boolean {
  const { object } = container;
  const from = { ...container, object: { ...object, env: [] } };
  const { variables, isOpen } = environmentOf(from, namespace, context);
  if (isOpen || variables.has(name) || name.startsWith("KUBERNETES_")) return true;
  return indexOf(context)
    .ofKindIn("Service", namespace)
    .filter((service) => hasAddress(service.object))
    .map((service) => service.name.replaceAll("-", "_").toUpperCase())
    .some(
      (prefix) => name.startsWith(prefix) && /^_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/.test(name.slice(prefix.length)),
    );
}

function hasAddress(service: JsonObject): boolean {
  const spec = objectAt(service, "spec");
  return spec?.clusterIP !== "None" && spec?.type !== "ExternalName";
}
