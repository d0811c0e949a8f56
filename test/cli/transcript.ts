import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { pinnedKustomize, repository, run, temporaryFolder, writeFilesIn } from "../run.ts";

/**
 * A transcript is a Markdown file that reads like documentation. It runs from top to bottom in its own repository:
 *
 * - a fenced block directly below a line that consists of a path in backquotes and a colon is that file;
 * - a ```console block has commands after `$ `, the output of each on both streams, and, unless it is 0, its exit status
 *   in brackets.
 *
 * Everything else is prose.
 */
interface Block {
  readonly kind: "file" | "console" | "prose";
  /** The path of a file. */
  readonly path: string;
  /** The lines, without the fences of a block. */
  readonly lines: readonly string[];
}

/** Runs a transcript. @returns its text with the actual output of the commands */
export async function replay(file: string): Promise<string> {
  const folder = repository({});
  const shell = shellIn(folder);
  const out: string[] = [];
  for (const { kind, path, lines } of blocksOf(readFileSync(file, "utf8"))) {
    if (kind === "file") writeFilesIn(folder, { [path]: `${lines.join("\n")}\n` });
    out.push(...(kind === "console" ? await replayed(lines, shell) : lines));
  }
  return out.join("\n");
}

function* blocksOf(text: string): Generator<Block> {
  let prose: string[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    prose.push(line);
    if (!line.startsWith("```")) continue;
    const end = lines.indexOf("```", index + 1);
    const path = /^`([^`]+)`:$/.exec(prose.filter((one) => one !== "").at(-2) ?? "")?.[1] ?? "";
    yield { kind: "prose", path: "", lines: prose };
    const inner = lines.slice(index + 1, end);
    yield { kind: path ? "file" : line === "```console" ? "console" : "prose", path, lines: inner };
    prose = ["```"];
    index = end;
  }
  yield { kind: "prose", path: "", lines: prose };
}

type Shell = (command: string) => Promise<string>;

async function replayed(lines: readonly string[], shell: Shell): Promise<string[]> {
  const out: string[] = [];
  for (const line of lines.filter((one) => one.startsWith("$ "))) {
    const printed = await shell(line.slice(2));
    out.push(line, ...printed.split("\n").slice(0, -1));
  }
  return out;
}

/** The author of the commits in a transcript. The machine's own Git configuration is not used. */
const author = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "You",
  GIT_AUTHOR_EMAIL: "you@example.com",
  GIT_COMMITTER_NAME: "You",
  GIT_COMMITTER_EMAIL: "you@example.com",
};

function shellIn(folder: string): Shell {
  const bin = programs();
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    BARE: bin,
    KUSTOMIZE: pinnedKustomize(),
    LC_ALL: "C.UTF-8",
    NO_COLOR: "",
    CI: "",
    NODE_OPTIONS: "",
    ...author,
  };
  return async (command) => {
    const { code, stdout } = await run("bash", ["-c", `exec 2>&1; ${command}`], { cwd: folder, env });
    const text = stdout === "" || stdout.endsWith("\n") ? stdout : `${stdout}\n`;
    return normalised(text, folder, bin) + (code === 0 ? "" : `[exit status ${code}]\n`);
  };
}

/** Creates a folder for PATH with gitops, as npm links it, and the Node that runs the tests. */
function programs(): string {
  const bin = temporaryFolder();
  symlinkSync(process.execPath, join(bin, "node"));
  writeFileSync(join(bin, "gitops"), `#!/bin/sh\nexec node ${inject("gitops")} "$@"\n`);
  chmodSync(join(bin, "gitops"), 0o755);
  return bin;
}

/** Replaces what differs between machines and days. */
function normalised(text: string, folder: string, bin: string): string {
  return text
    .replaceAll(folder, "/home/you/repository")
    .replaceAll(bin, "/usr/local/bin")
    .replaceAll(pinnedKustomize(), "/usr/local/bin/kustomize")
    .replaceAll(manifest.version, "1.2.3")
    .replaceAll(`Node ${process.version}`, "Node v24.0.0")
    .replace(/\b\d+ ms\b/g, "42 ms")
    .replace(/"durationMs": \d+/g, '"durationMs": 42');
}
