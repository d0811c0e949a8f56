import { isLocal, type Kubeconfig } from "../../cluster/context.ts";
import { findKubectl, type Kubectl, kubectlOn, readKubeconfig, serverVersion } from "../../cluster/kubectl.ts";
import { type Maker, makers } from "../../cluster/makers.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { visible } from "../../report/style.ts";
import { lookUp } from "../../system/path.ts";
import { stream } from "../../system/process.ts";
import type { Args, Flag, Io } from "../command.ts";
import { selectionFlags } from "../selection.ts";
import { renderFlags } from "../targets.ts";

/** The flags of every command that is about an overlay in a cluster. */
export const overlayFlags = {
  context: { type: "string", value: "NAME", help: "a context of the kubeconfig; default: the current one" },
  kustomize: renderFlags.kustomize,
  config: selectionFlags.config,
} satisfies Record<string, Flag>;

/** The flag of every command that changes a cluster. */
export const consentFlags = {
  yes: { type: "boolean", short: "y", help: "do not ask before a context that is not local is touched" },
} satisfies Record<string, Flag>;

/** A cluster that answers. */
export interface Connection {
  readonly kubectl: Kubectl;
  /** Of the API server: `1.36`. */
  readonly version: string;
  /** Where what names no namespace goes. */
  readonly namespace: string;
  readonly local: boolean;
}

/** What a command is about to do to the cluster: `apply overlays/dns`; undefined when it only looks. */
export type Intent = string | undefined;

/**
 * Reaches the cluster of the context that is asked for, and asks before it is changed.
 *
 * @throws UserError when there is none, it does not answer, or nobody agrees.
 */
export async function connect(args: Args, io: Io, config: LoadedConfig, intent?: Intent): Promise<Connection> {
  const path = findKubectl(io.env);
  const kubeconfig = await readKubeconfig(path);
  const name = contextName(args.string("context"), kubeconfig);
  if (name === undefined) throw new UserError("there is no Kubernetes context: gitops up offers to make a cluster");
  const local = isLocal(name, config.localContexts ?? []);
  if (intent !== undefined && !local && !args.boolean("yes")) await agree(name, intent, io);
  const kubectl = kubectlOn(path, name);
  const namespace = kubeconfig.contexts.find((context) => context.name === name)?.namespace ?? "default";
  return { kubectl, version: await serverVersion(kubectl), namespace, local };
}

/** Makes a cluster where the kubeconfig knows of none. @throws UserError when it cannot or may not be made. */
export async function ensureContext(args: Args, io: Io): Promise<void> {
  const kubeconfig = await readKubeconfig(findKubectl(io.env));
  if (contextName(args.string("context"), kubeconfig) !== undefined) return;
  const maker = await chosenMaker(args, io);
  const words = [maker.name, ...maker.create];
  io.err(`${words.join(" ")}\n`);
  const say = (line: string) => io.err(`  ${visible(line)}\n`);
  const { code } = await stream(maker.name, maker.create, { onLine: say, onError: say }).ended;
  if (code !== 0) throw new UserError(`${words.join(" ")} has failed; what it said stands above`);
}

/** @returns undefined where there is no context at all. @throws UserError where there are some, and none is chosen. */
function contextName(asked: string | undefined, { current, contexts }: Kubeconfig): string | undefined {
  const names = contexts.map(({ name }) => name);
  const name = asked ?? current;
  if (name !== undefined && names.includes(name)) return name;
  if (asked !== undefined)
    throw new UserError(`there is no context ${asked}${didYouMean(asked, names) || known(names)}`);
  if (names.length === 0) return undefined;
  const why = current === undefined ? "no context is the current one" : `the current context, ${current}, is not there`;
  throw new UserError(`${why}: choose one with --context NAME or kubectl config use-context NAME${known(names)}`);
}

function known(names: readonly string[]): string {
  return names.length > 0 ? `; there are ${names.slice(0, 20).join(", ")}` : ", nor any other";
}

async function agree(name: string, intent: string, io: Io): Promise<void> {
  const answer = await io.ask(`The context ${visible(name)} is not local. ${visible(intent)}? [y/N] `);
  if (answer === undefined)
    throw new UserError(
      `the context ${name} is not local, and nobody is here to be asked: say --yes, choose another with --context, or name\n` +
        "it under localContexts in gitops.yaml",
    );
  if (!/^y(es)?$/i.test(answer)) throw new UserError("nothing was changed");
}

async function chosenMaker(args: Args, io: Io): Promise<Maker> {
  const maker = makers.find(({ name }) => lookUp(name, io.env) !== undefined);
  if (maker === undefined) throw new UserError(`there is no Kubernetes context. ${toInstall()}`);
  const command = [maker.name, ...maker.create].join(" ");
  if (args.boolean("yes")) return maker;
  const answer = await io.ask(`There is no Kubernetes context. Make a cluster with \`${command}\`? [Y/n] `);
  if (answer === undefined)
    throw new UserError(
      `there is no Kubernetes context, and nobody is here to be asked: run \`${command}\`, or say --yes to have it run`,
    );
  if (!/^(y(es)?)?$/i.test(answer)) throw new UserError("nothing was made");
  return maker;
}

function toInstall(): string {
  const width = Math.max(...makers.map(({ name }) => name.length));
  const lines = makers.map(({ name, url }) => `  ${name.padEnd(width)}  ${url}`);
  return ["To have a cluster on this machine, install one of these:", ...lines].join("\n");
}
