import { join, relative } from "node:path";
import { loadConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { drift, generatedFiles } from "../generate/drift.ts";
import { writeFiles } from "../system/disk.ts";
import type { Command } from "./command.ts";
import { configFlags } from "./config-flags.ts";

export const command: Command = {
  usage: "[--check]",
  description: "Write the files that are generated from the typed models that gitops.yaml names; here, base/.",
  flags: {
    check: { type: "boolean", help: "write nothing; fail if a committed file differs" },
    config: configFlags.config,
  },
  maxPositionals: 0,
  async run(args, io) {
    const config = loadConfig(process.cwd(), args.string("config"));
    if (!config.generate) throw new UserError("gitops.yaml names no models: set generate.models");
    const files = await generatedFiles(config.generate.models, config.root);
    if (args.boolean("check")) {
      const problems = drift(files, config.root);
      for (const { message, help } of problems) io.err(`${message}\n  → ${help}\n`);
      return problems.length > 0 ? 1 : 0;
    }
    const absolute = files.map((file) => ({ ...file, path: join(config.root, file.path) }));
    const written = writeFiles(absolute).map((path) => relative(process.cwd(), path));
    io.out(written.map((path) => `wrote ${path}\n`).join("") || `all ${files.length} files are up to date\n`);
    return 0;
  },
};
