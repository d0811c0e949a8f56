import { cacheFolder } from "../cache/folder.ts";
import { builders } from "../cluster/images.ts";
import { clusterTools } from "../cluster/tools.ts";
import { loadConfig } from "../config/config.ts";
import { messageOf } from "../core/errors.ts";
import { allKustomizes, findKustomize } from "../render/kustomize.ts";
import { lookUp } from "../system/path.ts";
import { run } from "../system/process.ts";
import { isWritable } from "../system/store.ts";
import { supportedVersions } from "../validate/index.ts";
import type { Command, Io } from "./command.ts";
import { configFlags } from "./config-flags.ts";

/** `✓` available, `✗` missing and required, `-` missing but not required for the gate. */
interface Check {
  readonly mark: "✓" | "✗" | "-";
  readonly text: string;
}

export const command: Command = {
  usage: "",
  description: "Show what is installed, what is missing, and how to get it. Fails if the gate cannot run.",
  flags: { config: configFlags.config },
  maxPositionals: 0,
  async run(args, io) {
    const checks = [
      node(),
      ...(await kustomizes(io)),
      await tool(
        "kubectl",
        ["version", "--client"],
        "only needed for a cluster: https://kubernetes.io/docs/tasks/tools/",
      ),
      oneOf(
        clusterTools.map(({ name }) => name),
        "to create a local cluster",
        io,
      ),
      oneOf(builders, "to build images for it", io),
      configuration(args.string("config")),
      ...memory(io),
      { mark: "✓", text: `Kubernetes ${supportedVersions.join(", ")} are supported` } as const,
    ];
    for (const { mark, text } of checks) io.out(`${mark} ${text}\n`);
    return checks.some(({ mark }) => mark === "✗") ? 1 : 0;
  },
};

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return { mark: good ? "✓" : "✗", text: `Node ${process.version}${good ? "" : ": 20.19 or later is needed"}` };
}

async function kustomizes({ env }: Io): Promise<Check[]> {
  try {
    const used = (await findKustomize({ env })).command[0];
    return (await allKustomizes({ env })).map(({ version, from, command }) => ({
      mark: "✓",
      text: `kustomize ${version} (${from})${command[0] === used ? ", used for rendering" : ""}`,
    }));
  } catch (error) {
    return [{ mark: "✗", text: messageOf(error) }];
  }
}

async function tool(name: string, args: readonly string[], missing: string): Promise<Check> {
  try {
    const { stdout } = await run(name, args, { timeout: 10_000, maxOutput: 1 << 16 });
    return { mark: "✓", text: `${name} ${/v?\d+\.\d+\.\d+[^\s"]*/.exec(stdout.toString())?.[0] ?? "is installed"}` };
  } catch {
    return { mark: "-", text: `${name} is not installed; ${missing}` };
  }
}

/** Checks for programs of which one is enough. */
function oneOf(names: readonly string[], use: string, { env }: Io): Check {
  const found = names.filter((name) => lookUp(name, env) !== undefined);
  if (found.length > 0) return { mark: "✓", text: `${found.join(", ")} ${use}` };
  return { mark: "-", text: `none of ${names.join(", ")} is installed; only needed ${use}` };
}

/** Reports a cache folder that is not usable. */
function memory({ env }: Io): Check[] {
  const folder = cacheFolder(env);
  if (folder !== undefined && isWritable(folder)) return [];
  const where = folder === undefined ? "there is no home folder" : `${folder} is not writable`;
  return [{ mark: "-", text: `nothing is cached: ${where}; set $GITOPS_CACHE_DIR to another folder` }];
}

function configuration(named: string | undefined): Check {
  try {
    const { path } = loadConfig(process.cwd(), named);
    return path
      ? { mark: "✓", text: `configuration ${path}` }
      : { mark: "-", text: "no gitops.yaml: the defaults apply" };
  } catch (error) {
    return { mark: "✗", text: messageOf(error) };
  }
}
