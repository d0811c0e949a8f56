import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { discover } from "../../tools/load/discover.ts";
import { canonical } from "../../tools/render/canonical.ts";
import type { Kustomize } from "../../tools/render/kustomize.ts";
import { renderAll } from "../../tools/render/render.ts";
import { kustomizes, pinned } from "./kustomizes.ts";

const cwd = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The canonical text of every kustomization in a folder. Those that fail are left out, without a retry by another kustomize. */
async function texts(folder: string, kustomize: Kustomize): Promise<Map<string, string>> {
  const targets = discover([folder], { cwd }).filter(({ kind }) => kind === "kustomization");
  const rendered = await renderAll(targets, { cwd, kustomize, modern: async () => undefined });
  return new Map(
    rendered.filter(({ failed }) => !failed).map(({ target, resources }) => [target.path, canonical(resources)]),
  );
}

/** Where kustomize 5 behaves differently, so that no canonical form makes the two equal. The test fails once they agree. */
const differs = new Map([
  [
    "test/real-input/fixtures/generators/overlays/day",
    "a merged ConfigMap with disableNameSuffixHash: 4.5.4 keeps the base's suffix, 5 drops it",
  ],
]);

const others = kustomizes
  .filter((kustomize) => kustomize !== pinned)
  .map((each) => [`${each.from} ${each.version}`, each] as const);

/** Including the order of resources: without sortOptions, 4.5.4 and 5 sort alike. */
describe.each(others)("%s renders the same as the pinned one", (_, kustomize) => {
  test.each(["overlays", "test/real-input/fixtures"])(
    "%s",
    async (folder) => {
      const [ours, theirs] = [await texts(folder, pinned), await texts(folder, kustomize)];
      expect(ours.size).toBeGreaterThan(5);
      const different = [...ours].filter(([path, text]) => theirs.get(path) !== text).map(([path]) => path);
      expect(different).toEqual([...ours.keys()].filter((path) => differs.has(path)));
    },
    120_000,
  );
});
