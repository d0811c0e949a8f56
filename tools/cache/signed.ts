import { digest } from "../system/snapshot.ts";

/** A text with its own digest ahead: half of it, or any other byte, is not taken for it. */
export interface Signed {
  /** The digest. */
  readonly name: string;
  readonly text: string;
}

/** @param version of what the body holds: another one is not read */
export function signed(version: string, body: string): Signed {
  const name = digest(body);
  return { name, text: `${version} ${name}\n${body}` };
}

/** The body and its digest; undefined of anything but what {@link signed} made. */
export function verified(version: string, bytes: Buffer | undefined): { name: string; body: string } | undefined {
  const end = bytes?.indexOf("\n") ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  const body = bytes.subarray(end + 1);
  const name = digest(body);
  return bytes.toString("latin1", 0, end) === `${version} ${name}` ? { name, body: body.toString("utf8") } : undefined;
}
