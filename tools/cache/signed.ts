import { digest } from "../system/snapshot.ts";

/** A text that starts with its own digest, so that truncated or modified files are recognized. */
export interface Signed {
  /** The digest. */
  readonly name: string;
  readonly text: string;
}

/** Adds a digest to a body. @param version of the body's format; other versions are not read */
export function signed(version: string, body: string): Signed {
  const name = digest(body);
  return { name, text: `${version} ${name}\n${body}` };
}

/** The body and its digest; undefined for anything that {@link signed} did not create. */
export function verified(version: string, bytes: Buffer | undefined): { name: string; body: string } | undefined {
  const end = bytes?.indexOf("\n") ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  const body = bytes.subarray(end + 1);
  const name = digest(body);
  return bytes.toString("latin1", 0, end) === `${version} ${name}` ? { name, body: body.toString("utf8") } : undefined;
}
