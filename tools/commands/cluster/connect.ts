import { isLocal, type Kubeconfig } from "../../cluster/context.ts";
import { findKubectl, type Kubectl, kubectlOn, readKubeconfig, serverVersion } from "../../cluster/kubectl.ts";
import { type ClusterTool, clusterTools } from "../../cluster/tools.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { visible } from "../../report/style.ts";
import { lookUp } from "../../system/path.ts";
import { stream } from "../../system/process.ts";
import type { Args, Flag, Io } from "../command.ts";
import { configFlags } from "../config-flags.ts";
import { renderFlags } from "../targets.ts";

/** The flags of every command for an overlay in a cluster. */
export const overlayFlags = {
  context: { type: "string", value: "NAME", help: "kubeconfig context; default: the current context" },
  kustomize: renderFlags.kustomize,
  config: configFlags.config,
} satisfies Record<string, Flag>;

/** The flag of every command that changes a cluster. */
export const consentFlags = {
  yes: { type: "boolean", short: "y", help: "do not ask before changing a cluster that is not local" },
} satisfies Record<string, Flag>;

/** A connection to a cluster that answers. */
export interface Connection {
  readonly kubectl: Kubectl;
  /** The version of the API server: `1.36`. */
  readonly version: string;
  /** The namespace for resources without one. */
  readonly namespace: string;
  readonly local: boolean;
}

/** What a command is about to do to the cluster: `Apply overlays/dns to it`; undefined if it only reads. */
type Intent = string | undefined;

/**
 * Connects to the cluster of the requested context, and asks for confirmation if the command changes it.
 *
 * @throws UserError if there is no context, the cluster does not answer, or the user does not agree
 */
export async function connect(args: Args, io: Io, config: LoadedConfig, intent?: Intent): Promise<Connection> {
  const path = findKubectl(io.env);
  const kubeconfig = await readKubeconfig(path);
  const name = contextName(args.string("context"), kubeconfig);
  if (name === undefined) throw new UserError("there is no Kubernetes context: gitops up offers to create a cluster");
  const local = isLocal(name, config.localContexts ?? []);
  if (intent !== undefined && !local && !args.boolean("yes")) await agree(name, intent, io);
  const kubectl = kubectlOn(path, name);
  const namespace = kubeconfig.contexts.find((context) => context.name === name)?.namespace ?? "default";
  return { kubectl, version: await serverVersion(kubectl), namespace, local };
}

/** Creates a cluster if the kubeconfig has no context. @throws UserError if that fails or the user does not agree */
export async function ensureContext(args: Args, io: Io): Promise<void> {
  const kubeconfig = await readKubeconfig(findKubectl(io.env));
  if (contextName(args.string("context"), kubeconfig) !== undefined) return;
  const maker = await chosenMaker(args, io);
  const words = [maker.name, ...maker.create];
  io.err(`${words.join(" ")}\n`);
  const say = (line: string) => io.err(`  ${visible(line)}\n`);
  const { code } = await stream(maker.name, maker.create, { onLine: say, onError: say }).ended;
  if (code !== 0) throw new UserError(`${words.join(" ")} failed; see its output above`);
}

/** @returns undefined if there is no context at all @throws UserError if there are contexts, but none is chosen */
function contextName(asked: string | undefined, { current, contexts }: Kubeconfig): string | undefined {
  const names = contexts.map(({ name }) => name);
  const name = asked ?? current;
  if (name !== undefined && names.includes(name)) return name;
  if (asked !== undefined)
    throw new UserError(`there is no context ${asked}${didYouMean(asked, names) || known(names)}`);
  if (names.length === 0) return undefined;
  const why = current === undefined ? "there is no current context" : `the current context ${current} does not exist`;
  throw new UserError(`${why}: choose one with --context NAME or kubectl config use-context NAME${known(names)}`);
}

function known(names: readonly string[]): string {
  return names.length > 0 ? `; the contexts are ${names.slice(0, 20).join(", ")}` : ", nor any other";
}

async function agree(name: string, intent: string, io: Io): Promise<void> {
  const answer = await io.ask(`The context ${visible(name)} is not local. ${visible(intent)}? [y/N] `);
  if (answer === undefined)
    throw new UserError(
      `the context ${name} is not local, and there is no terminal to ask for confirmation: pass --yes, choose another context\n` +
        "with --context, or add it to localContexts in gitops.yaml",
    );
  if (!/^y(es)?$/i.test(answer)) throw new UserError("nothing was changed");
}

async function chosenMaker(args: Args, io: Io): Promise<ClusterTool> {
  const maker = clusterTools.find(({ name }) => lookUp(name, io.env) !== undefined);
  if (maker === undefined) throw new UserError(`there is no Kubernetes context. ${toInstall()}`);
  const command = [maker.name, ...maker.create].join(" ");
  if (args.boolean("yes")) return maker;
  const answer = await io.ask(`There is no Kubernetes context. Create a cluster with \`${command}\`? [Y/n] `);
  if (answer === undefined)
    throw new UserError(
      `there is no Kubernetes context, and there is no terminal to ask for confirmation: run \`${command}\`, or pass --yes to run it`,
    );
  if (!/^(y(es)?)?$/i.test(answer)) throw new UserError("no cluster was created");
  return maker;
}

function toInstall(): string {
  const width = Math.max(...clusterTools.map(({ name }) => name.length));
  const lines = clusterTools.map(({ name, url }) => `  ${name.padEnd(width)}  ${url}`);
  return ["To create a local cluster, install one of these:", ...lines].join("\n");
}
