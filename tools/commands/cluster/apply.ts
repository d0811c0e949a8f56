import { setTimeout as sleep } from "node:timers/promises";
import { type Applied, batches, fieldManager, outcomes, syncedBy } from "../../cluster/apply.ts";
import { complaintOf, type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import { UserError } from "../../core/errors.ts";
import { objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { visible, visibleLines } from "../../report/style.ts";
import type { Io } from "../command.ts";

const minute = 60_000;

/**
 * Applies resources server-side and in order, and waits for namespaces and definitions that others depend on.
 *
 * @param force takes over fields set by other managers
 * @throws UserError with the API server's message if it rejects something
 */
export async function applyAll(
  resources: readonly Resource[],
  kubectl: Kubectl,
  force: boolean,
  io: Io,
): Promise<Applied[]> {
  const found = await existing(resources, kubectl);
  const going = found.filter(isGoing);
  await waitUntilGone(going, kubectl, io);
  const before = going.length > 0 ? await existing(resources, kubectl) : found;
  warnOfControllers(before, io);
  const applied: Applied[] = [];
  for (const batch of batches(resources)) {
    const after = await applyBatch(batch, kubectl, force, io);
    applied.push(
      ...outcomes(
        before.filter((resource) => !isGoing(resource)),
        after,
      ),
    );
    await waitUntilEstablished(batch, kubectl);
  }
  return applied;
}

/** The live objects. Unknown kinds are no error: this target may define them. */
async function existing(resources: readonly Resource[], { run }: Kubectl): Promise<Resource[]> {
  return objectsIn(await run(["get", "-f", "-", "--ignore-not-found", "-o", "json"], { resources, timeout: minute }));
}

async function applyBatch(
  resources: readonly Resource[],
  { run }: Kubectl,
  force: boolean,
  io: Io,
): Promise<Resource[]> {
  const flags = ["--server-side", "--field-manager", fieldManager, ...(force ? ["--force-conflicts"] : [])];
  const answer = await run(["apply", ...flags, "-f", "-", "-o", "json"], {
    resources,
    timeout: 5 * minute,
  });
  const complaint = complaintOf(answer.stderr);
  if (answer.code !== 0) throw new UserError(`the cluster rejected the rendered objects:\n${refusal(complaint)}`);
  if (complaint !== "") io.err(`${visibleLines(complaint)}\n`);
  return objectsIn(answer);
}

/** Replaces kubectl's advice on conflicts, which is about kubectl's own flags. */
function refusal(complaint: string): string {
  const [conflict, ...advice] = complaint.split(/\nPlease review the fields above/);
  if (advice.length === 0) return complaint;
  return `${conflict}\n→ Other managers have set these fields. Set them to the same values in the overlay, or take them over with --force-conflicts.`;
}

function isGoing({ kind, object }: Resource): boolean {
  return kind === "Namespace" && objectAt(object, "metadata")?.deletionTimestamp !== undefined;
}

/** Nothing can be created in a namespace that is being deleted. */
async function waitUntilGone(namespaces: readonly Resource[], { run }: Kubectl, io: Io): Promise<void> {
  for (const { name } of namespaces) {
    io.err(`waiting for the old namespace ${visible(name)} to be deleted\n`);
    const args = ["wait", "--for=delete", `namespace/${name}`, "--timeout=180s"];
    const { code, stderr } = await run(args, { timeout: 4 * minute });
    if (code !== 0) throw new UserError(`the deletion of namespace ${name} does not finish:\n${complaintOf(stderr)}`);
  }
}

async function waitUntilEstablished(batch: readonly Resource[], { run }: Kubectl): Promise<void> {
  const names = batch.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ name }) => `crd/${name}`);
  if (names.length === 0) return;
  const { code, stderr } = await run(["wait", "--for=condition=Established", ...names, "--timeout=60s"], {
    timeout: 2 * minute,
  });
  if (code !== 0) throw new UserError(`the API server did not establish ${names.join(", ")}:\n${complaintOf(stderr)}`);
  // It may be established in only one of several API servers, and is not in the discovery yet.
  await sleep(500);
}

function warnOfControllers(before: readonly Resource[], io: Io): void {
  const controllers = new Set(before.map(syncedBy).filter((name) => name !== undefined));
  for (const name of controllers)
    io.err(`! ${visible(name)} also syncs this target and will revert what is not in its Git source\n`);
}

/** Restarts workloads whose image was rebuilt under the same name. @returns whether there were any */
export async function restart(workloads: readonly Resource[], { run }: Kubectl, io: Io): Promise<boolean> {
  for (const { kind, name, namespace } of workloads) {
    const where = namespace === undefined ? [] : ["--namespace", namespace];
    const { code, stderr } = await run(["rollout", "restart", `${kind.toLowerCase()}/${name}`, ...where]);
    if (code !== 0) throw new UserError(`${kind} ${name} cannot be restarted:\n${complaintOf(stderr)}`);
    io.out(`✓ ${visible(`${kind} ${name}`)} restarted, because its image was rebuilt\n`);
  }
  return workloads.length > 0;
}
