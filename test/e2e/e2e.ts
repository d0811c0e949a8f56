import { isLocal, kubeconfigOf } from "../../tools/cluster/context.ts";
import { loadConfig } from "../../tools/config/config.ts";
import { type Bed, bedOn, root } from "./bed.ts";
import { cleanUp, inTheWay } from "./cleanup.ts";
import { buildOwn, loadImages } from "./images.ts";
import { proofOf } from "./proof.ts";
import { stories } from "./stories/index.ts";
import { makeVisitor } from "./visitor.ts";

export interface Options {
  readonly context: string;
  readonly yes: boolean;
  /** The command that loads image archives into the nodes; undefined if the nodes pull the images. */
  readonly load: string | undefined;
  /** Empty for all. */
  readonly overlays: readonly string[];
  readonly print: (text: string) => void;
}

/**
 * Brings every overlay up, proves its points, removes it, and prints the results.
 *
 * @returns how many points do not hold
 * @throws Error with a message for the user if it cannot run
 */
export async function e2e(options: Options): Promise<number> {
  const { context, print } = options;
  const chosen = choose(options.overlays);
  const bed = bedOn(context);
  await demandConsent(options, bed);
  const there = await inTheWay(bed);
  if (there.length > 0) throw new Error(`these namespaces already exist and may be in use: ${there.join(", ")}`);
  const proof = proofOf(bed, print);
  // Clean up once, also after an interrupt.
  const interrupted = () => void cleanUp(bed).finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    if (options.load !== undefined) await loadImages(options.load, print);
    else await buildOwn(bed, print);
    await makeVisitor(bed);
    for (const [name, story] of chosen) await proof.chapter(name, (steps) => story(bed, steps));
  } finally {
    await cleanUp(bed);
  }
  return proof.summary();
}

function choose(names: readonly string[]) {
  const unknown = names.filter((name) => !Object.hasOwn(stories, name));
  if (unknown.length > 0)
    throw new Error(`no such overlay: ${unknown.join(", ")}; there are ${Object.keys(stories).join(", ")}`);
  return Object.entries(stories).filter(([name]) => names.length === 0 || names.includes(name));
}

async function demandConsent({ context, yes }: Options, bed: Bed): Promise<void> {
  const view = JSON.parse(await bed.kubectl(["config", "view", "-o", "json"]));
  const names = kubeconfigOf(view).contexts.map(({ name }) => name);
  if (!names.includes(context)) throw new Error(`there is no context ${context}; there are ${names.join(", ")}`);
  const { localContexts } = loadConfig(root, undefined);
  if (!yes && !isLocal(context, localContexts ?? []))
    throw new Error(`the context ${context} is not local: add --yes, or list it under localContexts in gitops.yaml`);
}
