import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, type Schemas, validate } from "../../tools/validate/index.ts";

const schemas = await loadSchemas();

/** The problems of an object, each as `rule pointer`. */
export function said(object: JsonObject, versions: readonly string[] = ["1.36"], using: Schemas = schemas): string[] {
  const { problems } = validate(resourceOf(object), { versions, schemas: using });
  return problems.map(({ rule, pointer }) => `${rule} ${pointer}`);
}

/** The messages about an object, each with its help. */
export function sentences(object: JsonObject, versions: readonly string[] = ["1.36"], using = schemas): string[] {
  const { problems } = validate(resourceOf(object), { versions, schemas: using });
  return problems.map(({ message, help }) => (help === undefined ? message : `${message}. ${help}`));
}

/** A Pod with one container, changed as given. */
export function pod(spec: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const containers = [{ name: "main", image: "redis:7", ...container }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers, ...spec } };
}

/** A Deployment of one container, changed as given. */
export function deployment(spec: JsonObject = {}, podSpec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "main", image: "redis:7" }], ...podSpec },
      },
      ...spec,
    },
  };
}
