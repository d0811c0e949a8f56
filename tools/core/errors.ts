/**
 * An error whose message is a sentence for the user: what is wrong, where, and how to fix it. Any other error that is
 * thrown is a bug in this program and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
