/**
 * An error whose message is a sentence for the user: what is wrong, where, and how to fix it. Anything else that is
 * thrown is a defect of this program and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
