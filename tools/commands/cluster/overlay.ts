import { basename, join, relative } from "node:path";
import { namespacesOf } from "../../cluster/apply.ts";
import { complaintOf, type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import { placed, type State, stateKinds, stateOf } from "../../cluster/state.ts";
import { type Health, healthOf } from "../../cluster/tiers.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import { listed } from "../../core/listed.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Resource, Target } from "../../core/resource.ts";
import { discover } from "../../load/discover.ts";
import { renderAll, renderTarget } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { tryKindOf } from "../../system/disk.ts";
import type { Args, Io } from "../command.ts";
import { renderedAs } from "../rendering.ts";
import { kustomizeFor, targetPaths } from "../targets.ts";
import type { Connection } from "./connect.ts";

/**
 * The target of a command: a path, or the name of a target in gitops.yaml. By default, it is the target that gitops.yaml runs, or
 * the only target.
 *
 * @throws UserError if there is no such target, or more than one
 */
export function overlayOf(word: string | undefined, args: Args, config: LoadedConfig): Target {
  const found = word === undefined ? byDefault(args, config) : findOverlay(word, args, config);
  if (found !== undefined) return found;
  const names = overlays(args, config).map(({ path }) => path);
  const hint = didYouMean(
    word ?? "",
    names.map((path) => basename(path)),
  );
  throw new UserError(`there is no target ${word}${hint || `; the targets are ${names.slice(0, 20).join(", ")}`}`);
}

/** The target with a name or path; undefined if there is none. */
export function findOverlay(word: string, args: Args, config: LoadedConfig): Target | undefined {
  if (word === "-") throw new UserError("cannot run standard input: name a folder or a file");
  const named = overlays(args, config).filter(({ path }) => basename(path) === word);
  if (named[0] !== undefined && named.length === 1) return named[0];
  return tryKindOf(word) === undefined ? undefined : only(discover([word], { cwd: process.cwd() }), word);
}

function byDefault(args: Args, config: LoadedConfig): Target {
  const path = config.run?.target;
  const cwd = process.cwd();
  if (path === undefined) return only(overlays(args, config), "gitops.yaml");
  return only(discover([relative(cwd, join(config.root, path)) || "."], { cwd }), path);
}

function overlays(args: Args, config: LoadedConfig): Target[] {
  return discover(targetPaths({ ...args, positionals: [] }, config), { cwd: process.cwd() });
}

function only(targets: readonly Target[], by: string): Target {
  const [target, ...others] = targets;
  if (target !== undefined && others.length === 0) return target;
  const names = targets
    .map(({ path }) => path)
    .slice(0, 20)
    .join(", ");
  throw new UserError(`${by} has ${targets.length} targets, but only one can run at a time: name one of ${names}`);
}

/**
 * Renders a target.
 *
 * @param as the Application or Kustomization that applies it; undefined for the target as it is
 * @throws UserError with the reason if it does not render
 */
export async function renderedOf(
  target: Target,
  args: Args,
  io: Io,
  config: LoadedConfig,
  as?: string,
): Promise<readonly Resource[]> {
  const { resources, problems, failed } = await (as === undefined
    ? renderTarget(target, { cwd: process.cwd(), kustomize: await kustomizeFor([target], args, io, config) })
    : appliedOf(target, as, args, io, config));
  if (!failed) return resources;
  const lines = problems.map(
    ({ file, line, message }) => `${[file ?? target.path, line].filter(Boolean).join(":")}: ${message}`,
  );
  throw new UserError(`${target.path} does not render:\n${lines.join("\n")}`);
}

async function appliedOf(
  target: Target,
  as: string,
  args: Args,
  io: Io,
  config: LoadedConfig,
): Promise<RenderedTarget> {
  const targets = overlays(args, config);
  const options = { cwd: process.cwd(), kustomize: await kustomizeFor(targets, args, io, config) };
  const applied = await renderedAs(as, await renderAll(targets, options), config, options);
  const found = applied.find((one) => one.target.path === target.path);
  if (found !== undefined) return found;
  throw new UserError(`${as} does not apply ${target.path}, but ${listed(applied.map((one) => one.target.path))}`);
}

/** Reads the state of a target's namespaces. @throws UserError if kubectl fails */
export async function readState(kubectl: Kubectl, namespaces: readonly string[]): Promise<State> {
  const lists = await Promise.all(namespaces.map((name) => readNamespace(kubectl, name)));
  return stateOf(lists.flat().map(({ object }) => object));
}

/** Events only add details, so missing permission to read them is not an error. */
async function readNamespace({ run }: Kubectl, name: string): Promise<Resource[]> {
  const answer = await run(["get", stateKinds, "--namespace", name, "-o", "json"]);
  const complaints = complaintOf(answer.stderr).split("\n");
  const serious = complaints.filter((line) => !/^Warning: |: events is forbidden: /.test(line)).join("\n");
  if (answer.code !== 0 && (serious !== "" || answer.stdout.length === 0))
    throw new UserError(`cannot read namespace ${name}:\n${serious}`);
  return objectsIn(answer);
}

/** Reads the state of a target's workloads and Services. */
export async function readHealth(resources: readonly Resource[], { kubectl, namespace }: Connection): Promise<Health> {
  const state = await readState(kubectl, namespacesOf(resources, namespace));
  return healthOf(placed(resources, namespace), state);
}
