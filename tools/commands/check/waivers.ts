import { join, relative, resolve } from "node:path";
import type { Memo } from "../../cache/memo.ts";
import { remembered } from "../../cache/remembered.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import { noWaivers, type WaiverFile } from "../../gate/waivers/file.ts";
import type { Args } from "../command.ts";

/** The waivers of a run. With --judged-by, the file is that of the judging revision, but named as if it were here. */
export async function waiversOf(args: Args, { waivers, home, root }: LoadedConfig, memo: Memo): Promise<WaiverFile> {
  const named = args.string("waivers");
  const path = named ? resolve(named) : waivers && join(home, waivers);
  const here = named ? resolve(named) : waivers && join(root, waivers);
  if (!path || !here) return noWaivers;
  const file = relative(process.cwd(), here);
  const read = async () => (await import("../../gate/waivers/read.ts")).readWaivers(path, file);
  // The checkout of a judging revision is gone after the run.
  return home === root ? remembered(memo, `waivers ${path} ${file}`, read) : read();
}

/** With --judged-by, the waivers of the change itself. A file that cannot be read waives nothing. */
export async function ownWaivers({ waivers, home, root }: LoadedConfig): Promise<WaiverFile | undefined> {
  if (waivers === undefined || home === root) return undefined;
  const { readWaivers } = await import("../../gate/waivers/read.ts");
  const path = join(root, waivers);
  try {
    return readWaivers(path, relative(process.cwd(), path));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** `2026-11-23`, in UTC; waivers expire. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
