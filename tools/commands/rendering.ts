import { resolve } from "node:path";
import { type LoadedConfig, loadConfig } from "../config/config.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { discover } from "../load/discover.ts";
import { renderAll } from "../render/render.ts";
import type { RenderedTarget, RenderOptions } from "../render/rendering.ts";
import { visible } from "../report/style.ts";
import type { Args, Flag, Io } from "./command.ts";
import { configFlags } from "./config-flags.ts";
import { answersOf, cacheFlags, openMemo, openRenderings, rendererOf } from "./open-cache.ts";
import { demandTargets, jobs, kustomizeFor, renderFlags, targetPaths } from "./targets.ts";

/** The flags of commands that render targets without checking them. */
export const renderingFlags = {
  as: {
    type: "string",
    value: "NAME",
    help: "only what this Application or Kustomization applies, with its patches, components, variables, …",
  },
  ...renderFlags,
  ...cacheFlags,
  config: configFlags.config,
} satisfies Record<string, Flag>;

/** The result of rendering targets. */
export interface Renderings {
  readonly config: LoadedConfig;
  /** All targets; for partly readable manifests, the readable resources. */
  readonly rendered: readonly RenderedTarget[];
  /** Whether something did not render completely; its problems have already been printed. */
  readonly isPartial: boolean;
}

/**
 * Renders the targets on the command line, or those in gitops.yaml, and prints the problems of targets that do not render.
 *
 * @param out the output folder, which is not searched for targets
 * @throws UserError
 */
export async function renderTargets(args: Args, io: Io, out?: string): Promise<Renderings> {
  const cwd = process.cwd();
  const as = args.string("as");
  const except = out && resolve(out);
  const config = loadConfig(cwd, args.string("config"));
  await demandTargets(args, config);
  const targets = discover(targetPaths(args, config), { cwd, except });
  const memo = openMemo(args, io);
  const kustomize = await kustomizeFor(targets, args, io, config, answersOf(memo));
  const renderings = openRenderings(memo, await rendererOf(kustomize, memo, io), io);
  const options = { cwd, except, kustomize, jobs: jobs(args), renderings };
  const all = await renderAll(targets, options);
  const rendered = as === undefined ? all : await renderedAs(as, all, config, options);
  memo.save();
  renderings?.save();
  return { config, rendered, isPartial: complain(rendered, io) };
}

/**
 * Those of the targets that an Application or a Kustomization applies, as it applies them. The code for it is loaded only if
 * needed.
 *
 * @throws UserError if there is none with the name
 */
export async function renderedAs(
  as: string,
  all: readonly RenderedTarget[],
  config: LoadedConfig,
  options: RenderOptions,
): Promise<RenderedTarget[]> {
  const [{ appliedBy }, { repositoryContext, urlsOf }] = await Promise.all([
    import("../gate/synced/applied.ts"),
    import("../gate/repository/context.ts"),
  ]);
  const { root } = config;
  const place = { root, cwd: options.cwd, urls: urlsOf(config), whole: false };
  return appliedBy(as, all, { ...options, home: root, contextOf: (facts) => repositoryContext(facts, place) });
}

/** Prints the problems of targets. @returns whether there are any */
function complain(rendered: readonly RenderedTarget[], io: Io): boolean {
  const problems = rendered.flatMap((one) => one.problems.map((problem) => complaint(problem, one.target.path)));
  for (const problem of problems) io.err(problem);
  return problems.length > 0;
}

function complaint({ message, help, file, line }: LocatedProblem, target: string): string {
  const where = [file ?? target, line].filter(Boolean).join(":");
  return `${visible(`${where}: ${message}`)}${help ? `\n  → ${visible(help)}` : ""}\n`;
}
