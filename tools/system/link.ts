import { readlinkSync } from "node:fs";

/** What a symbolic link contains; undefined if the path is no link. */
export function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
