import { isLocal, kubeconfigOf } from "../../tools/cluster/context.ts";
import { loadConfig } from "../../tools/config/config.ts";
import { withTemporaryFolder } from "../../tools/system/disk.ts";
import { type Bed, bedOn, demand, root } from "../e2e/bed.ts";
import { proofOf } from "../e2e/proof.ts";
import { controllers } from "./controller.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { repositoryIn } from "./repository.ts";
import { makeRoom, undoRoom } from "./room.ts";
import { overlays, story } from "./story.ts";

export interface Options {
  readonly context: string;
  readonly yes: boolean;
  /** The URL of the repository under test, for the controllers. */
  readonly url: string;
  /** The command that publishes a commit of the branch main at the URL; run in the repository. */
  readonly publish: string;
  readonly controllers: readonly string[];
  readonly print: (text: string) => void;
}

/**
 * Makes Flux and Argo CD follow a copy of this repository, commits to it, and watches the effects on the cluster.
 *
 * @returns how many points do not hold
 * @throws Error with a message for the user if it cannot run
 */
export async function sync(options: Options): Promise<number> {
  const { context, print, url } = options;
  const bed = bedOn(context);
  await demandConsent(options, bed);
  const chosen = options.controllers.map((name) => {
    demand(
      Object.hasOwn(controllers, name),
      `there is no controller ${name}; there are ${Object.keys(controllers).join(", ")}`,
    );
    return controllers[name as keyof typeof controllers];
  });
  for (const { crd, name } of chosen) {
    const { code } = await bed.tryKubectl(["get", "crd", crd]);
    demand(
      code === 0,
      `${name} is not installed on ${context}: it has no ${crd}; docs/bootstrap.md explains how to install it`,
    );
  }
  const there = await existingNamespaces(bed);
  demand(there === "", `these namespaces already exist and may be in use: ${there}`);
  const proof = proofOf(bed, print);
  const cleanUp = async () => {
    for (const controller of chosen) await controller.end(bed);
    await removeNamespaces(bed);
    await undoRoom(bed);
  };
  const interrupted = () => void cleanUp().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  return withTemporaryFolder(async (folder) => {
    try {
      const repository = await repositoryIn(folder, url);
      const room = await makeRoom(bed);
      if (room !== undefined) print(room);
      const reference = await referenceOf(bed);
      for (const controller of chosen) {
        await repository.restart();
        const scene = {
          bed,
          controller,
          repository,
          reference,
          print,
          publish: () => publish(repository.run, options),
        };
        await proof.chapter(controller.name, (steps) => story(scene, steps));
        await controller.end(bed);
        await removeNamespaces(bed);
      }
    } finally {
      await cleanUp();
    }
    return proof.summary();
  });
}

async function publish(
  run: (program: string, args: readonly string[]) => Promise<string>,
  options: Options,
): Promise<void> {
  const [program = "", ...args] = options.publish.split(" ").filter(Boolean);
  await run(program, args);
}

/** Applies overlays/dns with `gitops up`, and removes it again. @returns the result */
async function referenceOf(bed: Bed): Promise<Picture> {
  const flags = ["overlays/dns", "--context", bed.context, "--yes"];
  const up = await bed.gitops(["up", ...flags]);
  demand(up.code === 0, `gitops up overlays/dns: ${up.text}`);
  const picture = await pictureOf(bed, "guestbook-dns");
  await removeNamespaces(bed);
  return picture;
}

const namespaces = overlays.map((name) => `guestbook-${name}`);

async function existingNamespaces(bed: Bed): Promise<string> {
  const found = await bed.kubectl(["get", "namespaces", ...namespaces, "--ignore-not-found", "-o", "name"]);
  return found.split("\n").filter(Boolean).join(", ");
}

async function removeNamespaces(bed: Bed): Promise<void> {
  await bed.kubectl(["delete", "namespaces", ...namespaces, "--ignore-not-found", "--timeout=300s"]);
}

async function demandConsent({ context, yes }: Options, bed: Bed): Promise<void> {
  const view = JSON.parse(await bed.kubectl(["config", "view", "-o", "json"]));
  const names = kubeconfigOf(view).contexts.map(({ name }) => name);
  demand(names.includes(context), `there is no context ${context}; there are ${names.join(", ")}`);
  const { localContexts } = loadConfig(root, undefined);
  demand(
    yes || isLocal(context, localContexts ?? []),
    `the context ${context} is not local: add --yes, or list it under localContexts in gitops.yaml`,
  );
}
