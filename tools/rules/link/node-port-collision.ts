import { distinctBy } from "../../core/group.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type RepositoryViolation, type Violation } from "../../policy/define.ts";
import { type NodePort, nodePortsOf } from "../lib/node-ports.ts";
import { applied, controlPlanes, wordsOf } from "../lib/sync/control-planes.ts";
import { coveredBy, ownSyncs } from "../lib/sync/covered.ts";
import type { Sync } from "../lib/sync/sync.ts";
import { idOf, indexOf } from "../lib/target.ts";

/**
 * The allocator of node ports in k8s.io/kubernetes/pkg/registry/core/service: `provided port is already allocated`. It ignores
 * the protocol; only within one Service may two protocols share a number.
 */
export const nodePortCollision = definePolicy({
  id: "link/node-port-collision",
  severity: "error",
  why: "A node port belongs to a single Service of the whole cluster: the API server rejects a second Service that requests it. https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport",
  fix: "Give one of them a different nodePort, or leave it out: the API server then picks a free one.",
  *checkTarget(context): Generator<Violation> {
    const taken = new Map<number, string>();
    const services = [...indexOf(context).ofKind("Service")].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    for (const service of services) {
      const id = nameOf(service);
      for (const { port, pointer } of nodePortsOf(service)) {
        const other = taken.get(port);
        if (other === undefined) taken.set(port, id);
        else if (other !== id) yield { resource: service, pointer, message: wordsFor(service.name, port, other) };
      }
    }
  },
  *checkRepository(repository): Generator<RepositoryViolation> {
    const all = controlPlanes(ownSyncs(repository), repository).flatMap((syncs) => collisions(syncs, repository));
    yield* distinctBy(all.map(violationOf), ({ target, resource, pointer }) =>
      JSON.stringify([target, resource, pointer]),
    );
  },
});

function nameOf({ namespace, name }: Resource): string {
  return [namespace, name].filter(Boolean).join("/");
}

function wordsFor(name: string, port: number, other: string): string {
  return `Service ${name} requests node port ${port}, which Service ${other} already uses`;
}

/** A node port that a sync uses in its cluster. */
interface Claim extends NodePort {
  readonly sync: Sync;
  readonly target: TargetFacts;
  readonly service: Resource;
  /** Identifies the Service as it is applied. */
  readonly id: string;
}

/** Pairs of claims to one port of one cluster. `checkTarget` reports those within one sync of one target. */
function collisions(syncs: readonly Sync[], repository: RepositoryContext): [Claim, Claim][] {
  const taken = new Map<string, Claim>();
  const found: [Claim, Claim][] = [];
  for (const claim of syncs.flatMap((sync) => claimsOf(sync, repository))) {
    const key = JSON.stringify([claim.sync.cluster, claim.port]);
    const first = taken.get(key);
    if (first === undefined) taken.set(key, claim);
    else if (first.id !== claim.id && (first.sync !== claim.sync || first.target !== claim.target))
      found.push([first, claim]);
  }
  return found;
}

function claimsOf(sync: Sync, repository: RepositoryContext): Claim[] {
  if (sync.cluster === undefined) return [];
  return repository.targets
    .filter(({ nodePorts }) => nodePorts.length > 0)
    .flatMap((target) => {
      const covered = coveredBy(sync, target, repository).filter(
        ({ group, kind }) => group === "" && kind === "Service",
      );
      return target.nodePorts.flatMap((service) => {
        const fact = covered.find(({ namespace, name }) => namespace === service.namespace && name === service.name);
        if (fact === undefined) return [];
        return nodePortsOf(service).map((one) => ({ ...one, sync, target, service, id: applied(fact, sync).id }));
      });
    });
}

/** Reported for the second Service; if both are the same manifest, for the resource that applies it again. */
function violationOf([first, second]: readonly [Claim, Claim]): RepositoryViolation {
  if (first.target !== second.target || first.service !== second.service) {
    const message = `${wordsFor(second.service.name, second.port, nameOf(first.service))} in the same cluster (applied by ${wordsOf(first.sync)})`;
    return { target: second.target.name, resource: second.service, pointer: second.pointer, message };
  }
  const { sync } = second;
  const message = `${wordsOf(sync)} applies Service ${nameOf(second.service)} with node port ${second.port} to the same cluster as ${wordsOf(first.sync)}`;
  return { target: sync.target.name, resource: sync.resource, pointer: sync.pointer, message };
}
