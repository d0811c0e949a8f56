import type { Model } from "../tools/generate/generate.ts";
import * as frontend from "./frontend.ts";
import * as redisMaster from "./redis-master.ts";
import * as redisSlave from "./redis-slave.ts";

/**
 * Services come first, here and in every tier: in env mode, a pod only sees Services that exist when it starts.
 * kustomize, Argo CD and Flux sort by kind anyway; this order matters if that is turned off.
 */
const tiers = ["redis-master", "redis-slave", "frontend"];

/** Every file of base/ that is generated, in a stable order. */
export const models: readonly Model[] = [
  kustomization("base", "The three tiers of the guestbook, the starting point of every overlay.", tiers),
  ...tier("redis-master", "the Redis that accepts writes", redisMaster),
  ...tier("redis-slave", "read replicas of the master", redisSlave),
  ...tier("frontend", "the web page and its API", frontend),
];

function tier(name: string, what: string, { deployment, service }: { deployment: object; service: object }): Model[] {
  const folder = `base/${name}`;
  const source = `${folder}.ts`;
  return [
    kustomization(folder, `${name}: ${what}.`, ["service.yaml", "deployment.yaml"]),
    { path: `${folder}/service.yaml`, purpose: `The Service of ${name}: ${what}.`, source, resource: service },
    { path: `${folder}/deployment.yaml`, purpose: `The Deployment of ${name}: ${what}.`, source, resource: deployment },
  ];
}

function kustomization(folder: string, purpose: string, resources: string[]): Model {
  return {
    path: `${folder}/kustomization.yaml`,
    purpose,
    source: "base/index.ts",
    resource: { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources },
  };
}
