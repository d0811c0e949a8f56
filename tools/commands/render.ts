import { join } from "node:path";
import { loadConfig } from "../config/config.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { discover } from "../load/discover.ts";

import { canonical } from "../render/canonical.ts";

import { type RenderedTarget, renderAll } from "../render/render.ts";
import { visible } from "../report/style.ts";
import { writeFiles } from "../system/disk.ts";
import type { Command } from "./command.ts";
import { selectionFlags } from "./selection.ts";
import { jobs, kustomizeFor, renderFlags, targetPaths } from "./targets.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "Prints the canonical YAML of each target: what Argo CD and Flux sync, in the order in which it is applied, the same\n" +
    "whatever the version of kustomize.",
  flags: {
    out: { type: "string", value: "DIR", help: "write DIR/<target>.yaml instead of printing" },
    ...renderFlags,
    config: selectionFlags.config,
  },
  async run(args, io) {
    const config = loadConfig(process.cwd(), args.string("config"));
    const cwd = process.cwd();
    const targets = discover(targetPaths(args, config), { cwd });
    const rendered = await renderAll(targets, {
      cwd,
      kustomize: await kustomizeFor(targets, args, io),
      jobs: jobs(args),
    });
    const problems = rendered.flatMap((one) => one.problems.map((problem) => complaint(problem, one.target.path)));
    for (const problem of problems) io.err(problem);
    const good = rendered.filter(({ failed }) => !failed);
    const out = args.string("out");
    if (out === undefined) io.out(good.map((one) => text(one, good.length > 1)).join("---\n"));
    else
      writeFiles(
        good.map((one) => ({ path: join(out, fileName(one.target.path)), content: canonical(one.resources) })),
      );
    return problems.length > 0 ? 1 : 0;
  },
};

function text({ target, resources }: RenderedTarget, named: boolean): string {
  return `${named ? `# ${visible(target.path)}\n` : ""}${canonical(resources)}`;
}

/** `overlays/dns` → `overlays/dns.yaml`; a target outside the working directory loses its way there. */
function fileName(path: string): string {
  const inside = path.split("/").filter((part) => part !== ".." && part !== "." && part !== "");
  return `${inside.join("/").replace(/\.(ya?ml|json)$/, "") || (path === "-" ? "stdin" : "target")}.yaml`;
}

function complaint({ message, help, file, line }: LocatedProblem, target: string): string {
  const where = [file ?? target, line].filter(Boolean).join(":");
  return `${visible(`${where}: ${message}`)}${help ? `\n  → ${visible(help)}` : ""}\n`;
}
