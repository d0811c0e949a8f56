import { namespacesOf } from "../cluster/apply.ts";
import { type Cleanup, claimPrefixes, cleanup } from "../cluster/cleanup.ts";
import { objectsIn } from "../cluster/kubectl.ts";
import { loadConfig } from "../config/config.ts";
import type { Resource } from "../core/resource.ts";
import { visible } from "../report/style.ts";
import { type Connection, connect, consentFlags, overlayFlags } from "./cluster/connect.ts";
import { overlayOf, renderedOf } from "./cluster/overlay.ts";
import { claimsOf, remove, removeNamespace } from "./cluster/remove.ts";
import type { Command, Io } from "./command.ts";

export const command: Command = {
  usage: "[OVERLAY]",
  description:
    "Remove an overlay from the cluster: the objects that it renders, and those in its namespace that match the label selector\n" +
    "run.cleanup in gitops.yaml. Claims and their data are kept; the namespace is deleted if it is empty.",
  flags: {
    volumes: { type: "boolean", help: "delete the claims and their data too" },
    ...consentFlags,
    ...overlayFlags,
  },
  maxPositionals: 1,
  async run(args, io) {
    const config = loadConfig(process.cwd(), args.string("config"));
    const target = overlayOf(args.positionals[0], args, config);
    const volumes = args.boolean("volumes");
    const what = volumes ? `${target.path} and its data` : target.path;
    const connection = await connect(args, io, config, `Delete ${what} from it`);
    const resources = await renderedOf(target, args, io, config);
    io.whenInterrupted("\ninterrupted: run gitops down again to remove the rest\n");
    const count = await removeAll(resources, { volumes, selector: config.run?.cleanup }, connection, io);
    if (count === 0) io.out(`${visible(target.path)}: nothing to delete\n`);
    return 0;
  },
};

interface Choice {
  readonly volumes: boolean;
  /** Selects Deployments and Services to delete that the target no longer renders. */
  readonly selector: string | undefined;
}

/** Deletes the objects of a target and reports those that are kept. @returns the number of deleted objects */
async function removeAll(
  resources: readonly Resource[],
  choice: Choice,
  connection: Connection,
  io: Io,
): Promise<number> {
  const { kubectl, namespace } = connection;
  const plan = cleanup(resources, choice.volumes);
  const places = namespacesOf(resources, namespace);
  let count = 0;
  for (const place of places) {
    if (choice.selector === undefined) break;
    count += await remove(["deployments,services", "-l", choice.selector, "--namespace", place], kubectl, io);
  }
  if (plan.remove.length > 0) count += await remove(["-f", "-"], kubectl, io, plan.remove);
  if (choice.volumes) {
    for (const place of places) {
      const claims = await claimsOf(claimPrefixes(resources), place, kubectl);
      if (claims.length > 0) count += await remove([...claims, "--namespace", place], kubectl, io);
    }
  }
  await reportKept(plan, kubectl, io);
  for (const name of plan.namespaces) count += await removeNamespace(name, kubectl, io);
  return count;
}

/** Reports the objects that exist and are kept. */
async function reportKept({ keep }: Cleanup, { run }: Connection["kubectl"], io: Io): Promise<void> {
  if (keep.length === 0) return;
  const resources = keep.map(({ resource }) => resource);
  const there = objectsIn(await run(["get", "-f", "-", "--ignore-not-found", "-o", "json"], { resources }));
  for (const { resource, why } of keep.filter(({ resource }) =>
    there.some((one) => one.kind === resource.kind && one.name === resource.name),
  ))
    io.out(`  ${visible(`${resource.kind} ${resource.name}`)} is kept: ${why}\n`);
}
