import { distinctBy } from "../../core/group.ts";
import { isObject, listAt, stringAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { createdKeys, keysOf } from "../lib/config-keys.ts";
import { type ConfigReference, configReferences } from "../lib/config-references.ts";
import { namesIn } from "../lib/created.ts";
import { unlessMade } from "../lib/makers.ts";
import { meant } from "../lib/misspelt.ts";
import { missingFiles } from "../lib/mounted-files.ts";
import { generatedReferences, operatorKinds, operatorReferences } from "../lib/operator-references.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

/** `makeEnvironmentVariables` of the kubelet, and the volume plugins: both fail until all references that are not optional exist. */
export const configMissing = definePolicy({
  id: "link/config-missing",
  severity: "error",
  why: "A container does not start until every ConfigMap and Secret that it references exists, with the referenced keys, unless the reference is optional: its pod stays in CreateContainerConfigError or ContainerCreating. A file that a mounted ConfigMap does not have is not there for the program either. Operators wait for the references of their resources as well, and without its Secret, an Ingress serves the wrong certificate. https://kubernetes.io/docs/concepts/configuration/configmap/",
  fix: "Add the ConfigMap or Secret to this target, correct the name or the key, or mark the reference as optional.",
  match: { kind: [...podKinds, ...operatorKinds] },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    yield* uselessPullSecrets(resource, context);
    const required = referencesOf(resource, context).filter(({ optional }) => !optional);
    const violations = required.flatMap((reference) => judge(reference, resource, context) ?? []);
    const pod = podOf(resource);
    const files = pod ? missingFiles(pod, resource, context) : [];
    for (const violation of distinctBy([...violations, ...files], ({ pointer }) => pointer)) {
      // Until then, the ingress controller serves its own certificate.
      yield resource.kind === "Ingress" ? { ...violation, severity: "warning" } : violation;
    }
  },
});

function referencesOf(resource: Resource, context: TargetContext): readonly ConfigReference[] {
  const pod = podOf(resource);
  if (pod !== undefined) return configReferences(pod);
  const others = generatedReferences(resource).filter((one) => generatedAs(one, resource, context) !== undefined);
  return [...operatorReferences(resource), ...others];
}

function judge(reference: ConfigReference, resource: Resource, context: TargetContext): Violation | undefined {
  const { kind, name, namespace } = resource;
  const named = { kind: reference.kind, namespace, name: reference.name };
  const found = lookUp(named, context);
  if (found === undefined) {
    const violation = missing({ ...reference, namespace }, `${kind} ${name}`, reference.pointer, context);
    const made = generatedAs(reference, resource, context);
    return made === undefined
      ? unlessMade(violation, named, context)
      : { ...violation, help: helpForGenerated(made, kind) };
  }
  const { key, keyPointer } = reference;
  const made = found === "provided" ? createdKeys(named, context) : undefined;
  const keys = found === "provided" ? made?.keys : keysOf(found);
  if (key === undefined || keyPointer === undefined || keys === undefined || keys.includes(key)) return undefined;
  const by = made ? `, which ${made.creator.kind} ${made.creator.name} creates,` : "";
  return {
    pointer: keyPointer,
    message: `${reference.kind} ${reference.name}${by} has no key ${key}${didYouMean(key, keys)}`,
    help: `Its keys: ${keys.join(", ") || "none"}.`,
    missing: { what: `${reference.kind} ${namespace ?? ""}/${reference.name} ${key}`, by: `${kind} ${name}` },
  };
}

/** Types of Secrets that the kubelet pulls images with: `MakeDockerKeyring` ignores others, whatever their keys. */
const ofRegistry = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

/** Nodes and admission plugins may have others: only a name with a typo is reported as missing. */
function* uselessPullSecrets(resource: Resource, context: TargetContext): Generator<Violation> {
  const pod = podOf(resource);
  if (pod === undefined) return;
  for (const [index, reference] of listAt(pod.spec, "imagePullSecrets").entries()) {
    const name = isObject(reference) ? stringAt(reference, "name") : undefined;
    if (!name) continue;
    const wants = { kind: "Secret", namespace: resource.namespace, name };
    const secret = lookUp(wants, context);
    const near = !secret ? meant(name, namesIn("Secret", resource.namespace, context), context) : undefined;
    if (near !== undefined)
      yield {
        pointer: `${pod.specPointer}/imagePullSecrets/${index}/name`,
        severity: "warning",
        message: `${resource.kind} ${resource.name} pulls images with Secret ${name}, which does not exist`,
        help: `Did you mean ${near}?`,
        wants,
      };
    if (!secret || secret === "provided") continue;
    const type = stringAt(secret.object, "type") ?? "Opaque";
    if (ofRegistry.includes(type)) continue;
    yield {
      pointer: `${pod.specPointer}/imagePullSecrets/${index}/name`,
      severity: "warning",
      message: `Secret ${name} has the type ${type}, so no images of ${resource.kind} ${resource.name} are pulled with it`,
      help: "Set its type to kubernetes.io/dockerconfigjson, and its key .dockerconfigjson.",
    };
  }
}

/** `Hasher` of sigs.k8s.io/kustomize: ten characters that cannot spell a word. */
const hash = /^-[bcdfghkmt2456789]{10}$/;

/** The generated resource whose name is the referenced one plus the suffix that kustomize adds. */
function generatedAs(
  { kind, name }: ConfigReference,
  { namespace }: Resource,
  context: TargetContext,
): Resource | undefined {
  return indexOf(context)
    .ofKindIn(kind, namespace)
    .find((one) => one.name.startsWith(name) && hash.test(one.name.slice(name.length)));
}

function helpForGenerated({ kind, name }: Resource, by: string): string {
  return `The target generates ${kind} ${name}, but kustomize does not know that this ${by} references it: set options: { disableNameSuffixHash: true } on its generator, or add the field as a nameReference to a file under configurations.`;
}
