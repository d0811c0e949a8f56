import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { groupOf } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** `GetDestinationServer` in util/argo of Argo CD. */
export const syncDestination = definePolicy({
  id: "gitops/sync-destination",
  severity: "error",
  why: "An Application deploys to one cluster, which destination names by its address or by its name in Argo CD: with both or neither, Argo CD rejects it (InvalidSpecError) and syncs nothing. https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#applications",
  fix: "Keep either destination.server or destination.name; https://kubernetes.default.svc is the cluster that Argo CD runs in.",
  match: { kind: ["Application", "ApplicationSet"] },
  *check({ apiVersion, kind, name, object }): Generator<Violation> {
    if (groupOf(apiVersion) !== "argoproj.io") return;
    const spec = objectAt(object, "spec");
    const at = kind === "Application" ? "/spec" : "/spec/template/spec";
    const destination = objectAt(
      kind === "Application" ? spec : objectAt(objectAt(spec, "template"), "spec"),
      "destination",
    );
    if (spec === undefined || destination === undefined || isCompleted(spec)) return;
    const fields = ["server", "name"].filter((field) => ![undefined, null, ""].includes(destination[field] as null));
    // A template expression may turn out empty.
    if (fields.some((field) => String(destination[field]).includes("{{"))) return;
    if (fields.length === 1) return;
    yield {
      pointer: fields.length === 2 ? `${at}/destination/name` : `${at}/destination`,
      message: `${kind} ${name} names its cluster ${fields.length === 2 ? "both by server and by name" : "neither by server nor by name"}`,
    };
  },
});

/** Whether a template patch or a generator's own template may change the destination. */
function isCompleted(spec: JsonObject): boolean {
  const generators = listAt(spec, "generators")
    .filter(isObject)
    .flatMap((one) => Object.values(one));
  return spec.templatePatch !== undefined || generators.some((one) => isObject(one) && one.template !== undefined);
}
