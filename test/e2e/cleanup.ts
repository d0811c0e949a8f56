import type { Bed } from "./bed.ts";
import { stories } from "./stories/index.ts";
import { namespace as visitors } from "./visitor.ts";

function namespaces(): string[] {
  return [visitors, ...Object.keys(stories).map((name) => `guestbook-${name}`)];
}

/** The names of our namespaces that already exist. */
export async function inTheWay(bed: Bed): Promise<string[]> {
  const found = await bed.kubectl(["get", "namespaces", ...namespaces(), "--ignore-not-found", "-o", "name"]);
  return found.split("\n").filter(Boolean);
}

export async function cleanUp(bed: Bed): Promise<void> {
  await bed.kubectl(["delete", "namespaces", ...namespaces(), "--ignore-not-found", "--timeout=180s"]);
}
