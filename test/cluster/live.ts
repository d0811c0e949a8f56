import { readFileSync } from "node:fs";
import { join } from "node:path";
import { itemsOf, type State, stateOf } from "../../tools/cluster/state.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { type Resource, resourceOf } from "../../tools/core/resource.ts";

/** Objects from a real API server 1.36, abridged: one Deployment for each reason why pods do not start. */
export const live: readonly JsonObject[] = itemsOf(
  JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/state.json"), "utf8")) as JsonObject,
);

export const state: State = stateOf(live);

/** A Deployment of {@link live}. */
export function deployment(name: string): Resource {
  const found = state.ofKind("Deployment").find((one) => one.name === name);
  if (found === undefined) throw new Error(`no Deployment ${name}`);
  return found;
}

/** The first pod of a Deployment of {@link live}. */
export function podOfDeployment(name: string): Resource {
  const [pod] = state.ownedBy(deployment(name)).flatMap((set) => state.ownedBy(set));
  if (pod === undefined) throw new Error(`no pod of ${name}`);
  return pod;
}

/** A live object with a spec, a status and extra metadata. */
export function object(kind: string, spec: JsonObject, status: JsonObject, metadata: JsonObject = {}): Resource {
  const apiVersion = { Pod: "v1", Service: "v1", Job: "batch/v1" }[kind] ?? "apps/v1";
  const named = { name: "web", namespace: "shop", uid: `uid-${kind}`, ...metadata };
  return resourceOf({ apiVersion, kind, metadata: named, spec, status });
}

/** The rendered counterpart of an object in {@link live}. */
export function rendered(kind: "Deployment" | "Service", name: string): Resource {
  const apiVersion = kind === "Service" ? "v1" : "apps/v1";
  return resourceOf({ apiVersion, kind, metadata: { name, namespace: "up-test" }, spec: { selector: { x: name } } });
}
