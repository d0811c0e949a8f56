import { glob } from "../../core/glob.ts";
import { isObject, type JsonObject, listAt, objectAt, own, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import type { Named } from "./named-references.ts";
import { groupKind, perTarget } from "./target.ts";

/** Resources that a controller creates in namespaces: copies of a Secret or ConfigMap, or those that a policy generates. */
export interface Copy {
  readonly kind: string;
  /** `*` matches any characters. */
  readonly name: string;
  /** Patterns of namespaces: `*` matches any. */
  readonly namespaces: readonly string[];
}

/** Whether a controller creates something in a namespace because of a resource of the target. */
export function isCopied({ kind, namespace, name }: Named, context: TargetContext): boolean {
  return copiesIn(context).some(
    (copy) =>
      copy.kind === kind &&
      glob(copy.name).test(name) &&
      copy.namespaces.some((one) => !namespace || glob(one).test(namespace)),
  );
}

const copiesIn = perTarget(({ resources }) => resources.flatMap(copiesOf));

/** The copies that controllers make of a resource, and the resources that a policy generates. */
export function copiesOf(resource: Resource): readonly Copy[] {
  const generated = generators.includes(groupKind(resource)) ? generatedBy(resource) : [];
  return [...generated, ...(own(sources, groupKind(resource))?.(resource) ?? []).flatMap(copied)];
}

/** A Secret or a ConfigMap, with its annotations. */
interface Source {
  readonly kind: string;
  readonly name: string;
  readonly annotations: JsonObject | undefined;
}

/** The Secrets and ConfigMaps of each kind, with their annotations: the resource itself, or what is created from it. */
const sources: Readonly<Record<string, (resource: Resource) => readonly Source[]>> = {
  Secret: itself,
  ConfigMap: itself,
  "Certificate.cert-manager.io": ({ object }) => {
    const spec = objectAt(object, "spec");
    const annotations = objectAt(objectAt(spec, "secretTemplate"), "annotations");
    return [{ kind: "Secret", name: stringAt(spec, "secretName") ?? "", annotations }];
  },
  "ExternalSecret.external-secrets.io": ({ object, name }) => {
    const target = objectAt(objectAt(object, "spec"), "target");
    const annotations = objectAt(objectAt(objectAt(target, "template"), "metadata"), "annotations");
    return [{ kind: "Secret", name: stringAt(target, "name") ?? name, annotations }];
  },
  "SealedSecret.bitnami.com": ({ object, name }) => {
    const metadata = objectAt(objectAt(objectAt(object, "spec"), "template"), "metadata");
    return [
      { kind: "Secret", name: stringAt(metadata, "name") ?? name, annotations: objectAt(metadata, "annotations") },
    ];
  },
};

function itself({ kind, name, object }: Resource): Source[] {
  return [{ kind, name, annotations: objectAt(objectAt(object, "metadata"), "annotations") }];
}

const reflector = "reflector.v1.k8s.emberstack.com/";
const replicator = "replicator.v1.mittwald.de/";

/**
 * https://github.com/emberstack/kubernetes-reflector, https://github.com/mittwald/kubernetes-replicator,
 * https://github.com/config-syncer/config-syncer
 */
function copied({ kind, name, annotations }: Source): Copy[] {
  if (annotations === undefined || name === "") return [];
  const annotation = (key: string) => stringAt(annotations, key);
  const into = (namespaces: readonly string[]) => [{ kind, name, namespaces }];
  if (annotation(`${reflector}reflection-auto-enabled`) === "true")
    return into(patternsOf(annotation(`${reflector}reflection-auto-namespaces`)));
  const to = annotation(`${replicator}replicate-to`);
  if (to !== undefined) return into(patternsOf(to));
  const isMatched = [`${replicator}replicate-to-matching`, "kubed.appscode.com/sync"].some(
    (key) => annotation(key) !== undefined,
  );
  return isMatched ? into(["*"]) : [];
}

/** Splits a list of names and regular expressions; an empty list, and any expression but a name with `.*`, may match any. */
function patternsOf(list = ""): string[] {
  const parts = list
    .split(",")
    .map((one) =>
      one
        .trim()
        .replace(/^\^|\$$/g, "")
        .replaceAll(".*", "*"),
    )
    .filter(Boolean);
  return parts.length === 0 ? ["*"] : parts.map((one) => (/^[a-z0-9*-]+$/.test(one) ? one : "*"));
}

const generators = ["ClusterPolicy.kyverno.io", "Policy.kyverno.io"];

/** https://kyverno.io/docs/policy-types/cluster-policy/generate/ */
function generatedBy({ kind, namespace, object }: Resource): Copy[] {
  const rules = listAt(objectAt(object, "spec"), "rules").filter(isObject);
  const home = kind === "Policy" ? namespace : undefined;
  return rules
    .map((rule) => objectAt(rule, "generate"))
    .flatMap((generate) => [generate, ...listAt(generate, "foreach")])
    .filter(isObject)
    .flatMap((generate): Copy[] => {
      const namespaces = [home ?? patternOf(stringAt(generate, "namespace") ?? "*")];
      const [made, name] = [stringAt(generate, "kind"), stringAt(generate, "name")];
      const one = made !== undefined && name !== undefined ? [{ kind: made, name: patternOf(name), namespaces }] : [];
      const kinds = listAt(objectAt(generate, "cloneList"), "kinds").map(
        (each) => String(each).split("/").at(-1) ?? "",
      );
      return [...one, ...kinds.map((each) => ({ kind: each, name: "*", namespaces }))];
    });
}

/** `{{request.object.metadata.name}}` may be any name. */
function patternOf(text: string): string {
  return text.replace(/\{\{.*\}\}/s, "*");
}
